using System;

namespace HyperCore.Core.Machine;

/// <summary>Who comes first: classes, credit, virtual time. All of it is called with the lock held.</summary>
public sealed partial class Scheduler
{
    // Classes, first to last: the foreground VM with what the shares leave to it, whoever is owed a turn, the foreground VM beyond that (or
    // everybody, while the menu is shown), and the others with what nobody claims.
    private const int Entitled = 0;
    private const int Owed = 1;
    private const int First = 2;
    private const int Leftover = 3;

    private const ulong WholePcpu = 10_000;

    // Shares that ask for more than this, all together, are cut down: the foreground VM must not come to a standstill.
    private const ulong MostGuaranteed = 9_000;

    // So much of each pCPU is promised to nobody: HyperCore's own work takes of it, and not of the shares. What it leaves is the foreground VM's.
    private const ulong Unpromised = 500;

    // A turn is due when so much credit has come together, and no more than the second is ever kept: enough for the time that the console
    // processor takes to draw a whole screen, or to bring a picture there.
    private const ulong OwedFrom = 1_000_000;
    private const ulong MostCredit = 100_000_000;

    // A turn that is due ends after so much, so that the foreground VM gets in between.
    private const ulong OwedSlice = 4_000_000;
    private const ulong LeftoverSlice = 5_000_000;

    // Who sleeps saves up no credit but this much, which makes it soon its turn. The foreground VM never has more than the second: enough
    // for what a person does to be answered at once, and not enough to keep the others waiting for long.
    private const ulong CreditOfSleepers = 2_000_000;
    private const ulong CreditOfForeground = 5_000_000;

    // Another pCPU's vCPU must be so far behind to be taken away from its home, and so far ahead to be interrupted by one that wakes up.
    private const ulong Affinity = 2_000_000;
    private const ulong WakeUpLead = 3_000_000;

    private int ClassOf(SchedulerTask task)
    {
        if (_foreground == null)
        {
            return First;
        }

        bool isDue = task.Credit >= OwedFrom;
        if (task.Group == _foreground)
        {
            return isDue ? Entitled : First;
        }

        return isDue ? Owed : Leftover;
    }

    /// <summary>Divides the pCPUs up: what is guaranteed to each vCPU of a background VM that is not suspended.</summary>
    private void ShareOut()
    {
        ulong pcpus = (ulong)_pcpus.Length;
        ulong sum = 0;
        for (int i = 0; i < _count; i++)
        {
            SchedulerTask task = _tasks[i];
            ulong vcpus = (ulong)task.Group.Count;
            bool counts = _foreground != null && task.Group != _foreground && (task.Group.Suspended & ~SuspendReasons.Held) == SuspendReasons.None;
            task.Guarantee = counts ? (ulong)task.Group.Share * (WholePcpu / 100) * Math.Min(vcpus, pcpus) / vcpus : 0;
            sum += task.Guarantee;
        }

        ulong most = MostGuaranteed * pcpus;
        ulong left = (WholePcpu - Unpromised) * pcpus;
        for (int i = 0; i < _count; i++)
        {
            SchedulerTask task = _tasks[i];
            ulong guarantee = sum > most ? task.Guarantee * most / sum : task.Guarantee;
            task.Guarantee = Math.Min(guarantee, MostGuaranteed);
            left -= task.Guarantee;
        }

        for (int i = 0; i < (_foreground?.Count ?? 0); i++)
        {
            _foreground![i].Guarantee = Math.Min(left / (ulong)_foreground.Count, WholePcpu);
        }
    }

    /// <summary>The credit that a vCPU has earned since the last look.</summary>
    private void Earn(SchedulerTask task, ulong now)
    {
        if (now > task.CreditAt)
        {
            ulong most = task.Group == _foreground ? CreditOfForeground
                : task.State == SchedulerTaskState.Blocked ? Math.Max(CreditOfSleepers, task.Credit)
                : MostCredit;
            task.Credit = Math.Min(task.Credit + ((now - task.CreditAt) * task.Guarantee / WholePcpu), most);
            task.CreditAt = now;
        }
    }

    private void EarnAll(ulong now)
    {
        for (int i = 0; i < _count; i++)
        {
            Earn(_tasks[i], now);
        }
    }

    /// <summary>Accounts for the time that the vCPU of a pCPU has run.</summary>
    private void Charge(Pcpu pcpu, ulong now)
    {
        if (pcpu.Current is not { State: SchedulerTaskState.Running } task || now <= pcpu.ChargedAt)
        {
            return;
        }

        ulong time = now - pcpu.ChargedAt;
        pcpu.ChargedAt = now;
        task.RunTime += time;
        task.VirtualTime += time * 100 / WeightOf(task);
        Earn(task, now);
        task.Credit -= Math.Min(task.Credit, time);
    }

    /// <summary>Per cent: 100 is a vCPU that has the right to a pCPU of its own.</summary>
    private ulong WeightOf(SchedulerTask task)
    {
        ulong vcpus = (ulong)task.Group.Count;
        ulong share = _foreground == null || task.Group == _foreground ? 100 : (ulong)task.Group.Share;
        return Math.Max(1, share * Math.Min(vcpus, (ulong)_pcpus.Length) / vcpus);
    }

    /// <summary>Who slept or was suspended does not come back with all that it missed.</summary>
    private void CatchUp(SchedulerTask task, ulong now)
    {
        int own = ClassOf(task);
        ulong least = ulong.MaxValue;
        for (int i = 0; i < _pcpus.Length; i++)
        {
            if (_pcpus[i].Current is { State: SchedulerTaskState.Running } running && running != task && SameLeague(running, own))
            {
                least = Math.Min(least, VirtualTimeAt(_pcpus[i], running, now));
            }
        }

        for (int i = 0; i < _count; i++)
        {
            SchedulerTask other = _tasks[i];
            if (other != task && IsEligible(other) && SameLeague(other, own))
            {
                least = Math.Min(least, other.VirtualTime);
            }
        }

        if (least != ulong.MaxValue && least > Slice)
        {
            task.VirtualTime = Math.Max(task.VirtualTime, least - Slice);
        }
    }

    // Virtual times can be compared within the foreground VM, and among the others.
    private bool SameLeague(SchedulerTask task, int otherClass) => IsFirst(ClassOf(task)) == IsFirst(otherClass);

    private static bool IsFirst(int taskClass) => taskClass is Entitled or First;

    private ulong VirtualTimeAt(Pcpu pcpu, SchedulerTask task, ulong now) =>
        task.VirtualTime + (now > pcpu.ChargedAt ? (now - pcpu.ChargedAt) * 100 / WeightOf(task) : 0);

    /// <summary>The best vCPU for a pCPU; the queue at home counts for a little more.</summary>
    private SchedulerTask? Choose(int pcpu, ulong now)
    {
        SchedulerTask? best = null;
        int bestClass = int.MaxValue;
        ulong bestKey = 0;
        for (int i = 0; i < _count; i++)
        {
            SchedulerTask task = _tasks[i];
            if (!IsEligible(task))
            {
                continue;
            }

            Earn(task, now);
            int own = ClassOf(task);
            ulong key = own == Owed ? MostCredit - task.Credit : task.VirtualTime;
            key += task.Pcpu == pcpu ? 0 : Affinity;
            if (own < bestClass || (own == bestClass && key < bestKey))
            {
                best = task;
                bestClass = own;
                bestKey = key;
            }
        }

        return best;
    }

    /// <summary>How long a vCPU may run before others are looked at.</summary>
    private ulong SliceOf(SchedulerTask task)
    {
        switch (ClassOf(task))
        {
            case Owed:
                return Math.Clamp(task.Credit, ShortestSlice, OwedSlice);
            case Leftover:
                return LeftoverSlice;
            case Entitled when task.Guarantee < WholePcpu:
                // Until the credit is spent, while more comes in.
                return Math.Clamp(task.Credit * WholePcpu / (WholePcpu - task.Guarantee), ShortestSlice, SliceBeside(task));
            default:
                return SliceBeside(task);
        }
    }

    // Shorter, the more is guaranteed to those who want to run, so that ten milliseconds see all of them. Alone there is nobody to be seen.
    private ulong SliceBeside(SchedulerTask task)
    {
        if (_foreground == null || !HasOthers(task))
        {
            return Slice;
        }

        return Math.Max(Slice - (Slice * Demand() / (WholePcpu * (ulong)_pcpus.Length)), ShortestSlice);
    }

    // A vCPU of another VM that sleeps may wake at any moment, and then waits for the end of this slice.
    private bool HasOthers(SchedulerTask task)
    {
        for (int i = 0; i < _count; i++)
        {
            SchedulerTask other = _tasks[i];
            bool mayWake = other.Group != task.Group && other.Group.Suspended == SuspendReasons.None;
            if (other != task && (mayWake || IsEligible(other)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is guaranteed to all that want to run now.</summary>
    private ulong Demand()
    {
        ulong sum = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += IsEligible(_tasks[i]) ? _tasks[i].Guarantee : 0;
        }

        return sum;
    }

    /// <summary>Finds a pCPU for a vCPU that can run from now on: an idle one, or one with something less important.</summary>
    private ulong Place(SchedulerTask task, ulong now)
    {
        if (_idleCount > 0)
        {
            int idle = _pcpus[task.Pcpu].IsIdle ? task.Pcpu : FindIdle();
            SetIdle(_pcpus[idle], false);
            task.Pcpu = idle;
            return Ask(idle);
        }

        int victim = FindVictim(task, now);
        if (victim >= 0)
        {
            task.Pcpu = victim;
            return Ask(victim);
        }

        MoveFromSibling(task);
        return 0;
    }

    private int FindIdle()
    {
        int i = 0;
        while (!_pcpus[i].IsIdle)
        {
            i++;
        }

        return i;
    }

    private int FindVictim(SchedulerTask task, ulong now)
    {
        int own = ClassOf(task);
        int victim = -1;
        int worstClass = -1;
        ulong worstTime = 0;
        for (int i = 0; i < _pcpus.Length; i++)
        {
            Pcpu pcpu = _pcpus[i];
            if (pcpu.MustLook || pcpu.Current is not { State: SchedulerTaskState.Running } running || !GoesBefore(task, own, pcpu, running, now))
            {
                continue;
            }

            int runningClass = ClassOf(running);
            ulong time = VirtualTimeAt(pcpu, running, now) + (i == task.Pcpu ? Affinity : 0);
            if (runningClass > worstClass || (runningClass == worstClass && time > worstTime))
            {
                victim = i;
                worstClass = runningClass;
                worstTime = time;
            }
        }

        return victim;
    }

    private bool GoesBefore(SchedulerTask task, int own, Pcpu pcpu, SchedulerTask running, ulong now)
    {
        int other = ClassOf(running);
        if (IsFirst(other))
        {
            // A turn that is owed waits for the end of the foreground VM's slice.
            return IsFirst(own) && IsFarAhead(task, pcpu, running, now);
        }

        return own < other || (own == Leftover && IsFarAhead(task, pcpu, running, now));
    }

    private bool IsFarAhead(SchedulerTask task, Pcpu pcpu, SchedulerTask running, ulong now) =>
        task.VirtualTime + WakeUpLead < VirtualTimeAt(pcpu, running, now);

    /// <summary>
    /// The foreground VM's slice has ended and somebody else's turn is due. Where another pCPU runs what nobody claims, that one gives way.
    /// </summary>
    /// <returns>The pCPU that is to look; none when there is no such pCPU.</returns>
    private ulong SendElsewhere(SchedulerTask owed, int pcpu)
    {
        for (int i = 0; i < _pcpus.Length; i++)
        {
            if (i != pcpu && !_pcpus[i].MustLook && _pcpus[i].Current is { State: SchedulerTaskState.Running } running && ClassOf(running) == Leftover)
            {
                owed.Pcpu = i;
                return Ask(i);
            }
        }

        return 0;
    }

    /// <summary>Nobody gives way: then it waits where it keeps none of its VM's other vCPUs waiting.</summary>
    private void MoveFromSibling(SchedulerTask task)
    {
        if (task.Group.Count == 1 || !HasSiblingAt(task, task.Pcpu))
        {
            return;
        }

        for (int i = 0; i < _pcpus.Length; i++)
        {
            if (!HasSiblingAt(task, i))
            {
                task.Pcpu = i;
                return;
            }
        }
    }

    private static bool HasSiblingAt(SchedulerTask task, int pcpu)
    {
        for (int i = 0; i < task.Group.Count; i++)
        {
            SchedulerTask sibling = task.Group[i];
            if (sibling != task && sibling.Pcpu == pcpu && sibling.State != SchedulerTaskState.Blocked)
            {
                return true;
            }
        }

        return false;
    }
}
