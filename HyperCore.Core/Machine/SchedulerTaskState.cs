namespace HyperCore.Core.Machine;

/// <summary>Where a vCPU stands with the scheduler.</summary>
public enum SchedulerTaskState
{
    /// <summary>It has nothing to do: halted, or it waits for a start-up IPI.</summary>
    Blocked,

    /// <summary>It could run and waits for a pCPU.</summary>
    Waiting,

    /// <summary>A pCPU runs it.</summary>
    Running,
}
