namespace HyperCore.Core.Exits;

/// <summary>One exit as the <see cref="TraceRing"/> remembers it.</summary>
public struct TraceRecord
{
    /// <summary>Where the guest was.</summary>
    public ulong Rip;

    /// <summary>The guest-physical address, the port, or the hardware's exit code, as the reason has it.</summary>
    public ulong Detail;

    /// <summary>Why it left.</summary>
    public ExitReason Reason;
}
