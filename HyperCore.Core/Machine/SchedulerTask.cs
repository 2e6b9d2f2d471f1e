namespace HyperCore.Core.Machine;

/// <summary>A vCPU as the scheduler sees it. Only <see cref="Scheduler"/> changes it, with its lock held.</summary>
public sealed class SchedulerTask
{
    internal SchedulerTask(SchedulerGroup group) => Group = group;

    /// <summary>Its VM.</summary>
    public SchedulerGroup Group { get; }

    /// <summary>Its number among all that the scheduler has.</summary>
    public int Id { get; internal set; } = -1;

    /// <summary>What it does.</summary>
    public SchedulerTaskState State { get; internal set; }

    /// <summary>The pCPU that runs it, ran it last, or is to run it next: its home, which fires its timers.</summary>
    public int Pcpu { get; internal set; }

    /// <summary>A pCPU has it: its state may be in that processor. The others leave it alone.</summary>
    public bool IsLoaded { get; internal set; }

    /// <summary>Time it has had a pCPU, nanoseconds.</summary>
    public ulong RunTime { get; internal set; }

    // Time it ran, stretched by its weight: who has the least comes first.
    internal ulong VirtualTime { get; set; }

    // Guaranteed time that it has not been given yet, nanoseconds.
    internal ulong Credit { get; set; }

    internal ulong CreditAt { get; set; }

    internal ulong WaitsSince { get; set; }

    // Parts of 10,000 of a pCPU that are guaranteed to it now.
    internal ulong Guarantee { get; set; }
}
