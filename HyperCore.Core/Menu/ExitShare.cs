using HyperCore.Core.Exits;

namespace HyperCore.Core.Menu;

/// <summary>How often a VM exits for one reason.</summary>
public struct ExitShare
{
    /// <summary>The reason.</summary>
    public ExitReason Reason;

    /// <summary>Exits since the VM was started.</summary>
    public ulong Count;

    /// <summary>Exits a second, lately.</summary>
    public ulong Rate;
}
