using System;

namespace HyperCore.Core.Machine;

/// <summary>A VM as the scheduler sees it: what it is entitled to, and its vCPUs.</summary>
public sealed class SchedulerGroup
{
    private readonly SchedulerTask[] _tasks;

    /// <summary>Creates a VM whose vCPUs do not run yet (<see cref="SuspendReasons.Off"/>).</summary>
    /// <param name="tasks">How many vCPUs it has.</param>
    /// <param name="share">Per cent of the pCPUs that it can use that are its own while it is in the background, 1 to 100.</param>
    public SchedulerGroup(int tasks, int share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        Share = Math.Clamp(share, 1, 100);
        _tasks = new SchedulerTask[tasks];
        for (int i = 0; i < tasks; i++)
        {
            _tasks[i] = new SchedulerTask(this);
        }
    }

    /// <summary>Per cent guaranteed in the background.</summary>
    public int Share { get; }

    /// <summary>How many vCPUs it has.</summary>
    public int Count => _tasks.Length;

    /// <summary>Why none of them may run now.</summary>
    public SuspendReasons Suspended { get; internal set; } = SuspendReasons.Off;

    /// <summary>One of its vCPUs.</summary>
    public SchedulerTask this[int index] => _tasks[index];
}
