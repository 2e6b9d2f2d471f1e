using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The fixed ACPI registers: PM1a status, enable and control (ACPI 6.5, 4.8.3), the system control interrupt they raise, the
/// fixed power button, and soft off. There is no SMI command port: the machine is always in ACPI mode, so SCI_EN is always set.
/// </summary>
public sealed class AcpiPm : BytePortDevice
{
    /// <summary>First port: PM1_STS at +0, PM1_EN at +2, PM1_CNT at +4.</summary>
    public const ushort FirstPort = PlatformLayout.Pm1EventPort;

    /// <summary>Number of ports.</summary>
    public const int PortCount = 6;

    /// <summary>PM1_STS and PM1_EN: the top bit of the PM timer changed.</summary>
    public const ushort TimerStatus = 1 << 0;

    /// <summary>PM1_STS and PM1_EN: global lock released.</summary>
    public const ushort GlobalStatus = 1 << 5;

    /// <summary>PM1_STS and PM1_EN: the power button was pressed.</summary>
    public const ushort PowerButtonStatus = 1 << 8;

    /// <summary>PM1_CNT: fixed events raise an SCI.</summary>
    public const ushort SciEnable = 1 << 0;

    /// <summary>PM1_CNT: enter the sleeping state of SLP_TYP. Write only.</summary>
    public const ushort SleepEnable = 1 << 13;

    private const int SleepTypeShift = 10;
    // RTC_EN is kept but never signals: Linux sets it and checks that it stuck (ACPI 6.5, 4.8.3.1.2).
    private const ushort RtcEnable = 1 << 10;
    private const ushort EnableMask = TimerStatus | GlobalStatus | PowerButtonStatus | RtcEnable;
    private const ushort ControlMask = SciEnable | (1 << 1) | (7 << SleepTypeShift);
    private const int TimerTopBit = 31;

    private readonly AcpiPmTimer _timer;
    private readonly InterruptLine _sci;
    private readonly PowerControl _power;
    private readonly OverflowTimer _overflow;
    private ushort _status;
    private ushort _enable;
    private ushort _control;
    private ulong _timerHalf;

    /// <summary>Creates the registers.</summary>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="sci">The system control interrupt, a level.</param>
    /// <param name="power">Who turns the VM off.</param>
    public AcpiPm(Clock clock, TimerSet timers, InterruptLine sci, PowerControl power)
    {
        _timer = new AcpiPmTimer(clock);
        _sci = sci;
        _power = power;
        _overflow = new OverflowTimer(timers, this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "ACPI PM1a";

    /// <summary>The PM timer, which answers at ports of its own and is reset with this device.</summary>
    public AcpiPmTimer Timer => _timer;

    /// <summary>The guest has asked to be told of the power button.</summary>
    public bool IsPowerButtonEnabled => (_enable & PowerButtonStatus) != 0;

    /// <summary>The user pressed the power button: the guest is asked to shut down.</summary>
    public void PressPowerButton()
    {
        _status |= PowerButtonStatus;
        Update();
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _timer.Reset();
        _status = 0;
        _enable = 0;
        _control = SciEnable;
        _timerHalf = 0;
        Update();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        int offset = port - FirstPort;
        if ((uint)offset >= PortCount)
        {
            return 0xFF;
        }

        if (offset < 2)
        {
            Update();
        }

        return (byte)(Register(offset >> 1) >> (8 * (offset & 1)));
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        int offset = port - FirstPort;
        if ((uint)offset >= PortCount)
        {
            return;
        }

        int shift = 8 * (offset & 1);
        ushort lane = (ushort)(0xFF << shift);
        ushort bits = (ushort)(value << shift);
        switch (offset >> 1)
        {
            case 0:
                // Timer changes up to now are among what the guest clears.
                NoteTimer();
                _status &= (ushort)~bits;
                break;

            case 1:
                _enable = (ushort)(((_enable & ~lane) | bits) & EnableMask);
                break;

            default:
                _control = (ushort)((((_control & ~lane) | bits) & ControlMask) | SciEnable);
                if ((bits & SleepEnable) != 0 && ((_control >> SleepTypeShift) & 7) == PlatformLayout.SleepTypeOff)
                {
                    _power.PowerOff();
                }

                break;
        }

        Update();
    }

    private ushort Register(int index) => index switch
    {
        0 => _status,
        1 => _enable,
        _ => _control,
    };

    private void NoteTimer()
    {
        ulong half = _timer.Count >> TimerTopBit;
        if (half != _timerHalf)
        {
            _timerHalf = half;
            _status |= TimerStatus;
        }
    }

    private void Update()
    {
        NoteTimer();
        _sci.Set((_status & _enable) != 0);
        if ((_enable & TimerStatus) != 0 && (_status & TimerStatus) == 0)
        {
            _overflow.Arm(_timer.WhenCountReaches((_timerHalf + 1) << TimerTopBit));
        }
        else
        {
            _overflow.Cancel();
        }
    }

    private sealed class OverflowTimer(TimerSet timers, AcpiPm owner) : VirtualTimer(timers)
    {
        protected internal override void Fire(ulong deadline) => owner.Update();
    }
}
