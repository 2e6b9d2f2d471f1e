namespace HyperCore.Core.Menu;

/// <summary>The figures of one VM, as the menu shows them.</summary>
public struct VmStatus
{
    /// <summary>What it is doing.</summary>
    public VmState State;

    /// <summary>It is the one that has the display, or had it before the menu.</summary>
    public bool IsForeground;

    /// <summary>Its memory, bytes.</summary>
    public ulong MemorySize;

    /// <summary>Its vCPUs.</summary>
    public int Processors;

    /// <summary>How long it has run, nanoseconds.</summary>
    public ulong Uptime;

    /// <summary>Exits since it was started.</summary>
    public ulong Exits;

    /// <summary>CPU it used lately, per cent of one pCPU.</summary>
    public int CpuPercent;
}
