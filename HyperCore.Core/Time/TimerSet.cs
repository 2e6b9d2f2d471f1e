using System;

namespace HyperCore.Core.Time;

/// <summary>The timers of one VM. A VM has few, so the earliest deadline is found by looking at all of them when one changes.</summary>
public sealed class TimerSet
{
    /// <summary>The most timers one VM can have.</summary>
    public const int MaxTimers = 32;

    private readonly VirtualTimer[] _timers = new VirtualTimer[MaxTimers];
    private int _count;
    private bool _stale;
    private ulong _next = VirtualTimer.Never;

    /// <summary>Raised whenever a timer is armed or cancelled.</summary>
    public AttentionFlag Attention { get; set; } = new();

    /// <summary>The earliest deadline of all timers; <see cref="VirtualTimer.Never"/> when none is armed.</summary>
    public ulong NextDeadline
    {
        get
        {
            if (_stale)
            {
                _stale = false;
                _next = FindEarliest();
            }

            return _next;
        }
    }

    /// <summary>A timer was armed or cancelled since <see cref="NextDeadline"/> was last read: the host's own timer may have to be set anew.</summary>
    public bool Changed => _stale;

    /// <summary>Fires every timer whose deadline is not after <paramref name="now"/>, each once.</summary>
    public void FireDue(ulong now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            VirtualTimer timer = _timers[i];
            ulong deadline = timer.Deadline;
            if (deadline <= now)
            {
                timer.Cancel();
                timer.Fire(deadline);
            }
        }
    }

    internal void Add(VirtualTimer timer)
    {
        if (_count == MaxTimers)
        {
            throw new InvalidOperationException("A VM has more timers than its timer set holds.");
        }

        _timers[_count++] = timer;
    }

    internal void OnChanged()
    {
        _stale = true;
        Attention.IsRaised = true;
    }

    private ulong FindEarliest()
    {
        ulong earliest = VirtualTimer.Never;
        for (int i = 0; i < _count; i++)
        {
            ulong deadline = _timers[i].Deadline;
            if (deadline < earliest)
            {
                earliest = deadline;
            }
        }

        return earliest;
    }
}
