using HyperCore.Core.Exits;

namespace HyperCore.Core.Menu;

/// <summary>The figures of one vCPU, as the menu shows them.</summary>
public struct VcpuStatus
{
    /// <summary>What it is doing.</summary>
    public VcpuState State;

    /// <summary>The pCPU that runs it or ran it last; -1 before the first.</summary>
    public int Pcpu;

    /// <summary>CPU it used lately, per cent of one pCPU.</summary>
    public int CpuPercent;

    /// <summary>Time it has had a pCPU, nanoseconds.</summary>
    public ulong RunTime;

    /// <summary>Exits since its VM was started.</summary>
    public ulong Exits;

    /// <summary>Exits a second, lately.</summary>
    public ulong ExitRate;

    /// <summary>Why it left guest mode the last time, when it did at all.</summary>
    public ExitReason LastExit;
}
