using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The real-time clock and CMOS RAM of a PC (Motorola MC146818A data sheet). The time is computed from the VM's clock when it is
/// looked at; a timer runs only while the guest has an interrupt enabled that is not yet pending.
/// </summary>
public sealed class Cmos : BytePortDevice
{
    /// <summary>The index port; the data port follows it.</summary>
    public const ushort FirstPort = 0x70;

    /// <summary>Number of ports.</summary>
    public const int PortCount = 2;

    /// <summary>Bytes of RAM, the clock's registers included.</summary>
    public const int RamSize = 128;

    private const ulong Second = 1_000_000_000;

    // UIP is set this long before the registers change (t_BUC of the data sheet).
    private const ulong UpdateWarning = 244_000;

    private const byte UpdateInProgress = 0x80;
    private const byte DividerMask = 0x70;
    private const byte DividerReset = 0x60;
    private const byte RateMask = 0x0F;

    private const byte Set = 0x80;
    private const byte PeriodicFlag = 0x40;
    private const byte AlarmFlag = 0x20;
    private const byte UpdateFlag = 0x10;
    private const byte FlagMask = PeriodicFlag | AlarmFlag | UpdateFlag;
    private const byte InterruptRequest = 0x80;
    private const byte ValidRam = 0x80;
    private const byte Divider32K = 0x20;

    private readonly byte[] _ram = new byte[RamSize];
    private readonly Clock _clock;
    private readonly InterruptLine _irq;
    private readonly EventTimer _timer;
    private byte _index;
    private ulong _below4G;
    private ulong _above4G;

    // The time is _baseSeconds at clock reading _base (modulo 2^64: it may lie before zero) and goes on from there while the clock
    // runs. While it is halted the time registers in _ram are the time.
    private long _baseSeconds;
    private ulong _base;
    private bool _halted;

    // How far interrupt flags have been brought up to date.
    private ulong _seenSeconds;
    private ulong _seenPeriods;

    /// <summary>Creates the clock, at 1970-01-01 until <see cref="SetTime"/>.</summary>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="irq8">Its interrupt.</param>
    public Cmos(Clock clock, TimerSet timers, InterruptLine irq8)
    {
        _clock = clock;
        _irq = irq8;
        _timer = new EventTimer(timers, this);
        _base = clock.Now;
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "146818 RTC";

    private ulong Elapsed => _clock.Now - _base;

    /// <summary>Sets the time.</summary>
    /// <param name="unixSeconds">Seconds since 1970-01-01, in the time zone the guest's clock shall have.</param>
    /// <param name="at">The clock's reading when that was right.</param>
    public void SetTime(ulong unixSeconds, ulong at)
    {
        ulong now = _clock.Now;
        _base = at > now ? now : at;

        // The registers hold years up to 9999, which is 2^38 seconds off.
        _baseSeconds = (long)Math.Min(unixSeconds, 253_402_300_799);
        if (_halted)
        {
            _halted = false;
            Halt();
        }

        ForgetEvents();
        Update();
    }

    /// <summary>Sets what the memory size bytes say from the next <see cref="Reset"/> on.</summary>
    /// <param name="below4G">End of RAM below 4 GiB, in bytes.</param>
    /// <param name="above4G">Bytes of RAM from 4 GiB on.</param>
    public void SetMemorySize(ulong below4G, ulong above4G)
    {
        _below4G = below4G;
        _above4G = above4G;
    }

    /// <summary>Power-on state as firmware leaves it: 24-hour BCD, no interrupts, the time going on.</summary>
    public override void Reset()
    {
        if (_halted)
        {
            Resume();
        }

        Span<byte> ram = _ram;
        ram.Clear();
        _ram[CmosRegister.A] = 0x26;
        _ram[CmosRegister.B] = 0x02;
        _ram[CmosRegister.D] = ValidRam;

        // A coprocessor and a PS/2 mouse; no diskette drive; the display has a ROM of its own.
        _ram[CmosRegister.Equipment] = 0x06;
        CmosMemorySize.Write(_ram, _below4G, _above4G);
        _index = CmosRegister.D;
        ForgetEvents();
        Update();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port == FirstPort + 1 ? ReadRegister(_index) : (byte)0xFF;

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == FirstPort)
        {
            // Bit 7 masks NMIs on a PC; a guest gets none that it could mask.
            _index = (byte)(value & (RamSize - 1));
        }
        else if (port == FirstPort + 1)
        {
            WriteRegister(_index, value);
        }
    }

    private static bool IsTime(byte index) =>
        index is CmosRegister.Seconds or CmosRegister.Minutes or CmosRegister.Hours or CmosRegister.Century
        || (index >= CmosRegister.DayOfWeek && index <= CmosRegister.Year);

    private byte ReadRegister(byte index)
    {
        if (!_halted && IsTime(index))
        {
            RtcTime.FromUnixSeconds(_baseSeconds + (long)(Elapsed / Second)).Encode(_ram);
            return _ram[index];
        }

        switch (index)
        {
            case CmosRegister.A:
                bool updating = !_halted && Elapsed % Second >= Second - UpdateWarning;
                return (byte)(_ram[CmosRegister.A] | (updating ? UpdateInProgress : 0));
            case CmosRegister.C:
                Update();
                byte flags = _ram[CmosRegister.C];
                _ram[CmosRegister.C] = 0;
                Update();
                return flags;
            default:
                return _ram[index];
        }
    }

    private void WriteRegister(byte index, byte value)
    {
        switch (index)
        {
            case CmosRegister.A:
                Update();
                WriteA((byte)(value & ~UpdateInProgress));
                break;
            case CmosRegister.B:
                Update();
                WriteB(value);
                break;
            case CmosRegister.C or CmosRegister.D:
                return;
            default:
                if (!IsTime(index))
                {
                    Update();
                    _ram[index] = value;
                }
                else if (_halted)
                {
                    _ram[index] = value;
                }
                else
                {
                    Update();
                    Halt();
                    _ram[index] = value;
                    Resume();
                }

                break;
        }

        Update();
    }

    private void WriteA(byte value)
    {
        bool wasReset = (_ram[CmosRegister.A] & DividerReset) == DividerReset;
        bool isReset = (value & DividerReset) == DividerReset;
        bool rateChanges = ((_ram[CmosRegister.A] ^ value) & (DividerMask | RateMask)) != 0;
        if (isReset && !_halted)
        {
            Halt();
        }

        _ram[CmosRegister.A] = value;
        if (wasReset && !isReset)
        {
            // The first update follows half a second after the divider chain is let go.
            _base = _clock.Now - (Second / 2);
            if ((_ram[CmosRegister.B] & Set) == 0)
            {
                _baseSeconds = RtcTime.Decode(_ram).ToUnixSeconds();
                _halted = false;
            }
        }

        if (rateChanges)
        {
            ForgetEvents();
        }
    }

    private void WriteB(byte value)
    {
        if ((value & Set) != 0)
        {
            // SET also disables the update-ended interrupt (data sheet, register B).
            value &= unchecked((byte)~UpdateFlag);
            if (!_halted)
            {
                Halt();
            }
        }

        _ram[CmosRegister.B] = value;
        if ((value & Set) == 0 && _halted && (_ram[CmosRegister.A] & DividerReset) != DividerReset)
        {
            Resume();
        }
    }

    private void Halt()
    {
        RtcTime.FromUnixSeconds(_baseSeconds + (long)(Elapsed / Second)).Encode(_ram);
        _halted = true;
    }

    // Carries on from what the registers hold. The divider chain went on, so the phase within the second stays.
    private void Resume()
    {
        _baseSeconds = RtcTime.Decode(_ram).ToUnixSeconds();
        _base = _clock.Now - (Elapsed % Second);
        _halted = false;
        ForgetEvents();
    }

    // Ticks of the periodic interrupt in a second with the 32.768 kHz crystal (table 5 of the data sheet); 0 when there are none.
    private int PeriodFrequency()
    {
        int rate = _ram[CmosRegister.A] & RateMask;
        if (rate == 0 || (_ram[CmosRegister.A] & DividerMask) != Divider32K)
        {
            return 0;
        }

        return rate <= 2 ? 512 >> rate : 65_536 >> rate;
    }

    private ulong CountPeriods(int frequency)
    {
        ulong elapsed = Elapsed;
        return (elapsed / Second * (ulong)frequency) + (elapsed % Second * (ulong)frequency / Second);
    }

    private ulong WhenPeriodsReach(ulong periods, int frequency)
    {
        ulong perSecond = (ulong)frequency;
        return _base + (periods / perSecond * Second) + (((periods % perSecond * Second) + perSecond - 1) / perSecond);
    }

    private void ForgetEvents()
    {
        _seenSeconds = Elapsed / Second;
        int frequency = PeriodFrequency();
        _seenPeriods = frequency == 0 ? 0 : CountPeriods(frequency);
    }

    // Sets the flags of what has happened up to now, drives the interrupt and arms the timer for the next event that will raise it.
    private void Update()
    {
        if (!_halted)
        {
            ulong seconds = Elapsed / Second;
            if (seconds > _seenSeconds)
            {
                ulong alarm = RtcAlarm.SecondsToNext(_ram, _baseSeconds + (long)_seenSeconds);
                bool rings = alarm != 0 && alarm <= seconds - _seenSeconds;
                _ram[CmosRegister.C] |= (byte)(UpdateFlag | (rings ? AlarmFlag : 0));
                _seenSeconds = seconds;
            }
        }

        int frequency = PeriodFrequency();
        if (frequency != 0)
        {
            ulong periods = CountPeriods(frequency);
            if (periods > _seenPeriods)
            {
                _ram[CmosRegister.C] |= PeriodicFlag;
                _seenPeriods = periods;
            }
        }

        bool pending = (_ram[CmosRegister.C] & _ram[CmosRegister.B] & FlagMask) != 0;
        _ram[CmosRegister.C] = (byte)((_ram[CmosRegister.C] & FlagMask) | (pending ? InterruptRequest : 0));
        _timer.Arm(pending ? VirtualTimer.Never : NextEvent(frequency));
        _irq.Set(pending);
    }

    private ulong NextEvent(int frequency)
    {
        byte enabled = _ram[CmosRegister.B];
        ulong next = VirtualTimer.Never;
        if ((enabled & PeriodicFlag) != 0 && frequency != 0)
        {
            next = WhenPeriodsReach(_seenPeriods + 1, frequency);
        }

        if (!_halted && (enabled & UpdateFlag) != 0)
        {
            next = Math.Min(next, _base + ((_seenSeconds + 1) * Second));
        }

        if (!_halted && (enabled & AlarmFlag) != 0)
        {
            ulong alarm = RtcAlarm.SecondsToNext(_ram, _baseSeconds + (long)_seenSeconds);
            if (alarm != 0)
            {
                next = Math.Min(next, _base + ((_seenSeconds + alarm) * Second));
            }
        }

        return next;
    }

    private sealed class EventTimer(TimerSet timers, Cmos owner) : VirtualTimer(timers)
    {
        protected internal override void Fire(ulong deadline) => owner.Update();
    }
}
