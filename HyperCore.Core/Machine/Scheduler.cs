using System;
using System.Threading;
using HyperCore.Core.Time;
using SpinLock = HyperCore.Core.Processor.SpinLock;

namespace HyperCore.Core.Machine;

/// <summary>
/// Which vCPU each pCPU runs, and for how long. A vCPU has a home pCPU, whose queue it waits in; a pCPU that finds nothing as good at home
/// takes from the others' queues. The vCPUs of the foreground VM, or all while the menu is shown, come first; those of the others earn
/// credit at the rate of their guaranteed share, and whoever has earned a turn goes before everybody. What is left they divide by their shares.
/// All state is behind one lock. Calls return the set of pCPUs that have to look again: a bit for each.
/// </summary>
public sealed partial class Scheduler
{
    /// <summary>A whole slice, nanoseconds.</summary>
    public const ulong Slice = 10_000_000;

    /// <summary>The shortest slice, nanoseconds.</summary>
    public const ulong ShortestSlice = 1_000_000;

    /// <summary>The most pCPUs.</summary>
    public const int MaxPcpus = 64;

    private readonly SpinLock _lock = new();
    private readonly SchedulerTask[] _tasks;
    private readonly Pcpu[] _pcpus;
    private SchedulerGroup? _foreground;
    private int _count;
    private int _idleCount;

    /// <summary>Creates a scheduler without vCPUs.</summary>
    /// <param name="pcpus">How many pCPUs ask it for work.</param>
    /// <param name="maxTasks">The most vCPUs that it will have.</param>
    public Scheduler(int pcpus, int maxTasks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pcpus, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pcpus, MaxPcpus);
        _tasks = new SchedulerTask[maxTasks];
        _pcpus = new Pcpu[pcpus];
        for (int i = 0; i < pcpus; i++)
        {
            _pcpus[i] = new Pcpu();
        }
    }

    /// <summary>Number of vCPUs of all VMs.</summary>
    public int Count => _count;

    /// <summary>A vCPU by its <see cref="SchedulerTask.Id"/>.</summary>
    public SchedulerTask this[int id] => _tasks[id];

    /// <summary>Adds a VM, before anything runs. Its vCPUs get the next numbers.</summary>
    public void Add(SchedulerGroup group)
    {
        for (int i = 0; i < group.Count; i++)
        {
            SchedulerTask task = group[i];
            task.Id = _count;
            task.Pcpu = _count % _pcpus.Length;
            _tasks[_count++] = task;
        }
    }

    /// <summary>Changes whose vCPUs come first.</summary>
    /// <param name="group">The foreground VM; null while the menu is shown: all are equal then.</param>
    /// <param name="pcpu">The caller's pCPU.</param>
    /// <param name="now">The time, nanoseconds.</param>
    public ulong SetForeground(SchedulerGroup? group, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        for (int i = 0; i < _pcpus.Length; i++)
        {
            Charge(_pcpus[i], now);
        }

        // What was counted by other weights says nothing any more.
        for (int i = 0; i < _count; i++)
        {
            Earn(_tasks[i], now);
            _tasks[i].VirtualTime = 0;
        }

        _foreground = group;
        ShareOut();
        ulong signal = 0;
        for (int i = 0; i < _count; i++)
        {
            if (IsEligible(_tasks[i]))
            {
                signal |= Place(_tasks[i], now);
            }
        }

        _lock.Exit();
        return signal;
    }

    /// <summary>Adds a reason for which no vCPU of a VM may run. They leave their pCPUs when these have looked (<see cref="IsLoaded"/>).</summary>
    public ulong Suspend(SchedulerGroup group, SuspendReasons reason, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        EarnAll(now);
        group.Suspended |= reason;
        ShareOut();
        ulong signal = 0;
        for (int i = 0; i < group.Count; i++)
        {
            SchedulerTask task = group[i];
            if (task.IsLoaded)
            {
                signal |= Ask(task.Pcpu);
            }
        }

        _lock.Exit();
        return signal;
    }

    /// <summary>Takes a reason away for which no vCPU of a VM may run.</summary>
    public ulong Resume(SchedulerGroup group, SuspendReasons reason, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        EarnAll(now);
        group.Suspended &= ~reason;
        ShareOut();
        ulong signal = 0;
        for (int i = 0; i < group.Count; i++)
        {
            if (IsEligible(group[i]))
            {
                CatchUp(group[i], now);
                signal |= Place(group[i], now);
            }
        }

        _lock.Exit();
        return signal;
    }

    /// <summary>Some pCPU still has a vCPU of this VM.</summary>
    public bool IsLoaded(SchedulerGroup group, int pcpu)
    {
        _lock.Enter(pcpu);
        bool loaded = false;
        for (int i = 0; i < group.Count; i++)
        {
            loaded |= group[i].IsLoaded;
        }

        _lock.Exit();
        return loaded;
    }

    /// <summary>Power-on: the vCPU does nothing until it is woken, and has not run. Its VM is suspended and no pCPU has it.</summary>
    public void Reset(SchedulerTask task, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        task.State = SchedulerTaskState.Blocked;
        task.RunTime = 0;
        task.Credit = 0;
        task.CreditAt = now;
        _lock.Exit();
    }

    /// <summary>
    /// There is something for a vCPU to do. A blocked one may run from now on; for one that runs the answer names its pCPU, which has to look at
    /// it; one that waits will look by itself.
    /// </summary>
    public ulong Wake(SchedulerTask task, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        ulong signal = 0;
        if (task.State == SchedulerTaskState.Running)
        {
            signal = 1ul << task.Pcpu;
        }
        else if (task.State == SchedulerTaskState.Blocked)
        {
            signal = Unblock(task, now);
        }

        _lock.Exit();
        return signal;
    }

    /// <summary>A vCPU that runs has nothing to do any more. Its pCPU keeps it until it asks for the next one.</summary>
    public void Block(SchedulerTask task, int pcpu, ulong now)
    {
        _lock.Enter(pcpu);
        Charge(_pcpus[task.Pcpu], now);
        task.State = SchedulerTaskState.Blocked;
        _lock.Exit();
    }

    /// <summary>
    /// The vCPU that a pCPU runs spins: one of its VM's other vCPUs that waits for a pCPU probably has what it waits for, and gets this one.
    /// </summary>
    /// <returns>True when there is one: the pCPU is to ask for the next vCPU.</returns>
    public bool YieldToSibling(int pcpu)
    {
        Pcpu self = _pcpus[pcpu];
        if (self.Current is not { Group.Count: > 1 } current)
        {
            return false;
        }

        _lock.Enter(pcpu);
        SchedulerTask? chosen = null;
        for (int i = 0; i < current.Group.Count; i++)
        {
            SchedulerTask sibling = current.Group[i];
            if (IsEligible(sibling) && (chosen == null || sibling.WaitsSince < chosen.WaitsSince))
            {
                chosen = sibling;
            }
        }

        // Not when somebody more important has just come, who would have to wait for the end of the slice then.
        bool yields = chosen != null && !self.MustLook;
        if (yields)
        {
            self.Next = chosen;
            self.MustLook = true;
        }

        _lock.Exit();
        return yields;
    }

    /// <summary>A pCPU's vCPU may run on: nothing better has come up and its slice has not ended. For the pCPU itself; takes no lock.</summary>
    public bool Continues(int pcpu, ulong now, out ulong sliceEnd)
    {
        Pcpu self = _pcpus[pcpu];
        sliceEnd = self.SliceEnd;
        return self.Current is { State: SchedulerTaskState.Running } && now < sliceEnd && !Volatile.Read(ref self.MustLook);
    }

    /// <summary>
    /// What a pCPU runs next. The vCPU that it ran before goes back to the queues: nothing of its state may be left in the processor.
    /// </summary>
    /// <param name="pcpu">The caller's pCPU.</param>
    /// <param name="now">The time, nanoseconds.</param>
    /// <param name="sliceEnd">How long it may run.</param>
    /// <param name="signal">Other pCPUs that have to look.</param>
    /// <returns>Null: there is nothing to do; an interrupt tells when there is.</returns>
    public SchedulerTask? Pick(int pcpu, ulong now, out ulong sliceEnd, out ulong signal)
    {
        Pcpu self = _pcpus[pcpu];
        _lock.Enter(pcpu);
        Charge(self, now);
        SchedulerTask? before = self.Current;
        if (before != null)
        {
            PutBack(before, now);
        }

        // Who yields gives the rest of its slice: two that yield to each other get no more than one.
        SchedulerTask? next = TakeYielded(self, now);
        sliceEnd = self.SliceEnd;
        signal = 0;
        if (next == null)
        {
            next = Choose(pcpu, now);
            if (next != null && next != before && before is { } passed && passed.Group == _foreground && IsEligible(passed) && ClassOf(next) == Owed)
            {
                signal = SendElsewhere(next, pcpu);
                next = signal != 0 ? passed : next;
            }

            sliceEnd = next == null ? VirtualTimer.Never : now + SliceOf(next);
        }

        SetIdle(self, next == null);
        Volatile.Write(ref self.MustLook, false);
        self.Current = next;
        self.SliceEnd = sliceEnd;
        if (next != null)
        {
            next.State = SchedulerTaskState.Running;
            next.IsLoaded = true;
            next.Pcpu = pcpu;
            self.ChargedAt = now;
        }

        if (before != null && before != next && _idleCount > 0 && IsEligible(before))
        {
            signal |= Place(before, now);
        }

        _lock.Exit();
        return next;
    }

    /// <summary>A pCPU puts down what it has, without taking anything else yet: nothing of that vCPU's state may be left in the processor.</summary>
    public void PutDown(int pcpu, ulong now)
    {
        Pcpu self = _pcpus[pcpu];
        _lock.Enter(pcpu);
        if (self.Current is { } task)
        {
            Charge(self, now);
            PutBack(task, now);
            self.Current = null;
        }

        _lock.Exit();
    }

    private static bool IsEligible(SchedulerTask task) =>
        task.State == SchedulerTaskState.Waiting && task.Group.Suspended == SuspendReasons.None && !task.IsLoaded;

    private static SchedulerTask? TakeYielded(Pcpu self, ulong now)
    {
        SchedulerTask? next = self.Next;
        self.Next = null;
        return next != null && now < self.SliceEnd && IsEligible(next) ? next : null;
    }

    private static void PutBack(SchedulerTask task, ulong now)
    {
        task.IsLoaded = false;
        if (task.State == SchedulerTaskState.Running)
        {
            task.State = SchedulerTaskState.Waiting;
            task.WaitsSince = now;
        }
    }

    private ulong Unblock(SchedulerTask task, ulong now)
    {
        Earn(task, now);
        if (task.IsLoaded)
        {
            // Its pCPU has not let go of it: it goes on there.
            task.State = SchedulerTaskState.Running;
            _pcpus[task.Pcpu].ChargedAt = now;
            return 0;
        }

        task.State = SchedulerTaskState.Waiting;
        task.WaitsSince = now;
        if (task.Group.Suspended != SuspendReasons.None)
        {
            return 0;
        }

        CatchUp(task, now);
        return Place(task, now);
    }

    private ulong Ask(int pcpu)
    {
        _pcpus[pcpu].Next = null;
        Volatile.Write(ref _pcpus[pcpu].MustLook, true);
        return 1ul << pcpu;
    }

    private void SetIdle(Pcpu pcpu, bool idle)
    {
        if (pcpu.IsIdle != idle)
        {
            pcpu.IsIdle = idle;
            _idleCount += idle ? 1 : -1;
        }
    }

    private sealed class Pcpu
    {
        // The vCPU that it runs, and until when.
        public SchedulerTask? Current;
        public ulong SliceEnd;

        // Up to when the time of Current is accounted for.
        public ulong ChargedAt;

        // A vCPU that another one of its VM gave its turn to.
        public SchedulerTask? Next;

        // It is to ask for the next vCPU, because there may be a better one.
        public bool MustLook;

        // It found nothing to do and nobody has given it anything since.
        public bool IsIdle;
    }
}
