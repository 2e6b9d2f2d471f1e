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

    /// <summary>Exits a second, lately.</summary>
    public ulong ExitRate;

    /// <summary>CPU it used lately, per cent of one pCPU: up to 100 for each vCPU.</summary>
    public int CpuPercent;

    /// <summary>Its OS listens to the power button.</summary>
    public bool CanShutDown;

    /// <summary>It was asked to shut down, and has not done so yet.</summary>
    public bool IsStopping;

    /// <summary>When <see cref="IsStopping"/>: how long it still has before it is stopped by force, nanoseconds.</summary>
    public ulong StopsIn;

    /// <summary>It has memory and a state, which a reset would lose.</summary>
    public readonly bool IsAlive => State is VmState.Starting or VmState.Running or VmState.Paused;
}
