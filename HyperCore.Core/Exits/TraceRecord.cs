namespace HyperCore.Core.Exits;

/// <summary>One exit as the <see cref="TraceRing"/> remembers it.</summary>
public struct TraceRecord
{
    /// <summary>Where the guest was.</summary>
    public ulong Rip;

    /// <summary><see cref="VmExit.Qualification"/>: the guest-physical address, the port, or the hardware's exit code.</summary>
    public ulong Detail;

    /// <summary>Why it left.</summary>
    public ExitReason Reason;
}
