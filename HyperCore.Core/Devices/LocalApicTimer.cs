using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The timer of a local APIC. It knows when the count reaches zero and computes the count from the clock; the timer set is only armed while an
/// interrupt can come of it. Deadlines of a periodic timer that were missed, because the VM was paused or the host was slow, give one
/// interrupt and not many: the request bit would swallow the others anyway.
/// </summary>
internal sealed class LocalApicTimer : VirtualTimer
{
    /// <summary>The shortest period in nanoseconds that is kept. A guest that asks for less cannot keep HyperCore from everything else.</summary>
    public const ulong MinimumPeriod = 50_000;

    /// <summary>Deadlines further away than this many seconds never come; keeps the arithmetic of the clock far from overflow.</summary>
    private const ulong Horizon = 60 * 60 * 24 * 365;

    private readonly LocalApic _apic;
    private readonly Clock _clock;
    private LocalApicTimerMode _mode;
    private bool _masked;
    private ulong _expiry;
    private ulong _tscDeadline;
    private uint _initialCount;
    private uint _divideConfiguration;
    private int _divideShift;

    public LocalApicTimer(LocalApic apic, Clock clock, TimerSet timers)
        : base(timers)
    {
        _apic = apic;
        _clock = clock;
        Reset();
    }

    public uint InitialCount
    {
        get => _initialCount;
        set
        {
            if (_mode == LocalApicTimerMode.TscDeadline)
            {
                return;
            }

            ulong now = Settle();
            _initialCount = value;
            _expiry = value == 0 ? Never : now + Duration(value);
            Rearm();
        }
    }

    public uint CurrentCount
    {
        get
        {
            return Remaining(Settle());
        }
    }

    public uint DivideConfiguration
    {
        get => _divideConfiguration;
        set
        {
            ulong now = Settle();
            uint count = Remaining(now);
            _divideConfiguration = value & 0xB;

            // Bits 3, 1, 0: 000 divides by 2, 110 by 128, 111 by 1 (Intel SDM vol. 3A, figure 11-10).
            uint code = ((value >> 1) & 4) | (value & 3);
            _divideShift = (int)((code + 1) & 7);
            if (_expiry != Never && _mode != LocalApicTimerMode.TscDeadline)
            {
                _expiry = now + Duration(count);
                Rearm();
            }
        }
    }

    /// <summary>IA32_TSC_DEADLINE: zero when the timer is not armed or not in that mode.</summary>
    public ulong TscDeadline
    {
        get
        {
            Settle();
            return _tscDeadline;
        }

        set
        {
            if (_mode != LocalApicTimerMode.TscDeadline)
            {
                return;
            }

            ulong now = Settle();
            ulong tsc = _clock.Tsc;
            _tscDeadline = value;
            if (value == 0)
            {
                _expiry = Never;
            }
            else if (value <= tsc)
            {
                _expiry = now;
                Settle();
            }
            else
            {
                _expiry = (value - tsc) / Horizon >= _clock.TscFrequency ? Never : _clock.WhenTscReaches(value);
            }

            Rearm();
        }
    }

    /// <summary>Takes over mode and mask from the LVT entry.</summary>
    public void Configure(LocalApicTimerMode mode, bool masked)
    {
        Settle();

        // Going to or from TSC-deadline mode disarms the timer (Intel SDM vol. 3A, 11.5.4.1).
        bool byDeadline = mode == LocalApicTimerMode.TscDeadline;
        if (byDeadline != (_mode == LocalApicTimerMode.TscDeadline) || mode == LocalApicTimerMode.Reserved)
        {
            _expiry = Never;
            _tscDeadline = 0;
            _initialCount = 0;
        }

        _mode = mode;
        _masked = masked;
        Rearm();
    }

    public void Reset()
    {
        _mode = LocalApicTimerMode.OneShot;
        _masked = true;
        _expiry = Never;
        _tscDeadline = 0;
        _initialCount = 0;
        _divideConfiguration = 0;
        _divideShift = 1;
        Rearm();
    }

    protected internal override void Fire(ulong deadline)
    {
        Settle();
        Rearm();
    }

    /// <summary>Lets an expiry that has come take effect, so that what is done to the timer now comes after it.</summary>
    /// <returns>The present.</returns>
    private ulong Settle()
    {
        ulong now = _clock.Now;
        if (_expiry > now)
        {
            return now;
        }

        if (_mode == LocalApicTimerMode.Periodic)
        {
            ulong period = Math.Max(Duration(_initialCount), MinimumPeriod);
            _expiry += (((now - _expiry) / period) + 1) * period;
        }
        else
        {
            _expiry = Never;
            _tscDeadline = 0;
        }

        if (!_masked)
        {
            _apic.OnTimerExpired();
        }

        Rearm();
        return now;
    }

    private void Rearm()
    {
        ulong deadline = _masked ? Never : _expiry;
        if (deadline != Deadline)
        {
            Arm(deadline);
        }
    }

    /// <summary>The current count, rounded up: it shows zero only when the interrupt has come.</summary>
    private uint Remaining(ulong now)
    {
        if (_expiry == Never || _mode == LocalApicTimerMode.TscDeadline)
        {
            return 0;
        }

        ulong count = (_expiry - now + (1ul << _divideShift) - 1) >> _divideShift;
        return (uint)Math.Min(count, _initialCount);
    }

    /// <summary>Nanoseconds that <paramref name="count"/> takes: at 1 GHz before the divider, one each.</summary>
    private ulong Duration(uint count) => (ulong)count << _divideShift;
}
