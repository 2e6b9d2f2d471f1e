using System;
using System.Collections.Generic;
using HyperCore.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>
/// pCPUs and vCPUs made of numbers: time jumps from one event to the next. After each event the rules hold that hold always: a vCPU is on
/// one pCPU, and no pCPU is idle while a vCPU waits.
/// </summary>
internal sealed class SchedulerSimulation
{
    private readonly SchedulerTask?[] _current;
    private readonly ulong[] _sliceEnd;
    private readonly List<Load> _loads = [];

    public SchedulerSimulation(int pcpus, params (int Vcpus, int Share)[] vms)
    {
        int tasks = 0;
        foreach ((int vcpus, int share) in vms)
        {
            Groups.Add(new SchedulerGroup(vcpus, share));
            tasks += vcpus;
        }

        Scheduler = new Scheduler(pcpus, tasks);
        foreach (SchedulerGroup group in Groups)
        {
            Scheduler.Add(group);
            Scheduler.Resume(group, SuspendReasons.Off, 0, 0);
        }

        for (int i = 0; i < tasks; i++)
        {
            _loads.Add(new Load());
        }

        _current = new SchedulerTask?[pcpus];
        _sliceEnd = new ulong[pcpus];
    }

    public Scheduler Scheduler { get; }

    public List<SchedulerGroup> Groups { get; } = [];

    public ulong Now { get; private set; }

    public int Migrations { get; private set; }

    public int Switches { get; private set; }

    public SchedulerTask? Current(int pcpu) => _current[pcpu];

    /// <summary>How long a vCPU waited for a pCPU at most, after it was woken.</summary>
    public ulong LongestWait(SchedulerTask task) => _loads[task.Id].LongestWait;

    /// <summary>Lets a vCPU work for so long, then sleep for so long, and so on; without sleep it works for ever.</summary>
    public void Give(SchedulerTask task, ulong work, ulong sleep)
    {
        Load load = _loads[task.Id];
        load.Work = work;
        load.Sleep = sleep;
        load.Left = work;
        Wake(task);
    }

    public void GiveAll(SchedulerGroup group, ulong work = 1, ulong sleep = 0)
    {
        for (int i = 0; i < group.Count; i++)
        {
            Give(group[i], work, sleep);
        }
    }

    public void SetForeground(int vm) => Signal(Scheduler.SetForeground(vm < 0 ? null : Groups[vm], 0, Now));

    public void Wake(SchedulerTask task)
    {
        Load load = _loads[task.Id];
        load.WakeAt = ulong.MaxValue;
        load.WokenAt = task.State == SchedulerTaskState.Blocked ? Now : load.WokenAt;
        Signal(Scheduler.Wake(task, 0, Now));
    }

    public void Signal(ulong pcpus)
    {
        for (int i = 0; i < _current.Length; i++)
        {
            if ((pcpus >> i & 1) != 0)
            {
                Look(i);
            }
        }
    }

    /// <summary>A pCPU looks what to do: what its loop does between two runs of a guest.</summary>
    public void Look(int pcpu)
    {
        if (Scheduler.Continues(pcpu, Now, out _sliceEnd[pcpu]))
        {
            return;
        }

        SchedulerTask? before = _current[pcpu];
        int home = -1;
        SchedulerTask? next = Scheduler.Pick(pcpu, Now, out _sliceEnd[pcpu], out ulong signal);
        _current[pcpu] = next;
        if (next != null && next != before)
        {
            Load load = _loads[next.Id];
            home = load.Ran;
            Switches++;
            Migrations += home >= 0 && home != pcpu ? 1 : 0;
            load.Ran = pcpu;
            if (load.WokenAt != ulong.MaxValue)
            {
                load.LongestWait = Math.Max(load.LongestWait, Now - load.WokenAt);
                load.WokenAt = ulong.MaxValue;
            }
        }

        Signal(signal);
    }

    public void Run(ulong nanoseconds)
    {
        ulong end = Now + nanoseconds;
        for (int i = 0; i < _current.Length; i++)
        {
            Look(i);
        }

        while (Now < end)
        {
            Step(Math.Min(NextEvent(), end));
            Check();
        }
    }

    /// <summary>The pCPUs have something else to do for so long, and do not look at what they run.</summary>
    public void Stall(ulong nanoseconds) => Step(Now + nanoseconds);

    private ulong NextEvent()
    {
        ulong next = ulong.MaxValue;
        for (int i = 0; i < _current.Length; i++)
        {
            if (_current[i] is { } task)
            {
                Load load = _loads[task.Id];
                next = Math.Min(next, _sliceEnd[i]);
                next = Math.Min(next, load.Sleep == 0 ? ulong.MaxValue : Now + load.Left);
            }
        }

        foreach (Load load in _loads)
        {
            next = Math.Min(next, load.WakeAt);
        }

        return Math.Max(next, Now + 1);
    }

    private void Step(ulong to)
    {
        ulong passed = to - Now;
        Now = to;
        for (int i = 0; i < _current.Length; i++)
        {
            if (_current[i] is not { } task)
            {
                continue;
            }

            Load load = _loads[task.Id];
            load.Left -= Math.Min(passed, load.Left);
            if (load.Sleep != 0 && load.Left == 0)
            {
                load.Left = load.Work;
                load.WakeAt = Now + load.Sleep;
                Scheduler.Block(task, i, Now);
            }
        }

        for (int i = 0; i < _current.Length; i++)
        {
            Look(i);
        }

        for (int i = 0; i < _loads.Count; i++)
        {
            if (_loads[i].WakeAt <= Now)
            {
                Wake(Scheduler[i]);
            }
        }
    }

    private void Check()
    {
        bool idle = false;
        var seen = new HashSet<SchedulerTask>();
        foreach (SchedulerTask? task in _current)
        {
            idle |= task == null;
            Assert.True(task == null || seen.Add(task), "a vCPU is on two pCPUs");
        }

        for (int i = 0; idle && i < Scheduler.Count; i++)
        {
            SchedulerTask task = Scheduler[i];
            bool waits = task.State == SchedulerTaskState.Waiting && task.Group.Suspended == SuspendReasons.None;
            Assert.False(waits, "a vCPU waits while a pCPU is idle");
        }
    }

    private sealed class Load
    {
        public ulong Work;
        public ulong Sleep;
        public ulong Left;
        public ulong WakeAt = ulong.MaxValue;
        public ulong WokenAt = ulong.MaxValue;
        public ulong LongestWait;
        public int Ran = -1;
    }
}
