using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The 8254 interval timer (Intel 8254 data sheet 231164), ports 40h to 43h. Channel 0 drives interrupt 0, channel 2 belongs to port 61h.
/// Interrupts do not drift: each deadline is computed from the tick at which the count was loaded. Those that were missed, because the VM was
/// paused or the host was slow, are skipped: the guest gets one interrupt and the next comes when it is due.
/// </summary>
public sealed class Pit8254 : Device
{
    /// <summary>Frequency of the clock input in hertz.</summary>
    public const ulong Frequency = 1_193_182;

    /// <summary>The first of four ports: channels 0, 1, 2 and the control word.</summary>
    public const ushort FirstPort = 0x40;

    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const int ControlPort = 3;
    private const int ChannelCount = 3;

    /// <summary>The shortest period in ticks (50 microseconds) that is kept, so that a guest cannot keep HyperCore from everything else.</summary>
    private const ulong MinimumPeriod = 60;

    private readonly Clock _clock;
    private readonly InterruptLine _irq0;
    private readonly EdgeTimer _timer;
    private readonly Pit8254Channel[] _channels =
    [
        new Pit8254Channel(gateAtReset: true),
        new Pit8254Channel(gateAtReset: true),
        new Pit8254Channel(gateAtReset: false),
    ];

    /// <summary>Builds the chip in power-on state: no channel counts.</summary>
    /// <param name="clock">What it counts by.</param>
    /// <param name="timers">Where its deadlines go.</param>
    /// <param name="irq0">The output of channel 0.</param>
    public Pit8254(Clock clock, TimerSet timers, InterruptLine irq0)
    {
        _clock = clock;
        _irq0 = irq0;
        _timer = new EdgeTimer(timers, this);
    }

    /// <inheritdoc/>
    public override string Name => "8254";

    private ulong Now => ToTicks(_clock.Now);

    /// <summary>The OUT pin of a channel, 0 to 2.</summary>
    public bool GetOutput(int channel) => _channels[channel].Output(Now);

    /// <summary>The GATE pin of a channel, 0 to 2.</summary>
    public bool GetGate(int channel) => _channels[channel].Gate;

    /// <summary>Drives the GATE pin of channel 2; those of channels 0 and 1 are always high on a PC.</summary>
    public void SetChannel2Gate(bool gate) => _channels[2].SetGate(gate, Now);

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        uint value = 0;
        for (int i = 0; i < size; i++)
        {
            int register = port - FirstPort + i;
            byte part = (uint)register < ChannelCount ? _channels[register].Read(Now) : (byte)0xFF;
            value |= (uint)part << (i * 8);
        }

        return value;
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        for (int i = 0; i < size; i++)
        {
            WriteByte(port - FirstPort + i, (byte)(value >> (i * 8)));
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i].Reset();
        }

        _timer.Cancel();
        _irq0.Set(false);
    }

    /// <summary>Whole ticks that have passed after <paramref name="nanoseconds"/>.</summary>
    internal static ulong ToTicks(ulong nanoseconds) =>
        (nanoseconds / NanosecondsPerSecond * Frequency) + (nanoseconds % NanosecondsPerSecond * Frequency / NanosecondsPerSecond);

    /// <summary>The nanosecond at which that many ticks have passed.</summary>
    internal static ulong ToNanoseconds(ulong ticks) =>
        (ticks / Frequency * NanosecondsPerSecond) + (((ticks % Frequency * NanosecondsPerSecond) + Frequency - 1) / Frequency);

    private void WriteByte(int register, byte value)
    {
        ulong now = Now;
        if (register == ControlPort)
        {
            WriteControl(value, now);
        }
        else if ((uint)register < ChannelCount)
        {
            if (register == 0)
            {
                DeliverDue();
            }

            _channels[register].Write(value, now);
            if (register == 0)
            {
                Update(now);
            }
        }
    }

    private void WriteControl(byte value, ulong now)
    {
        int channel = value >> 6;
        if (channel == 3)
        {
            ReadBack(value, now);
        }
        else if ((value & 0x30) == 0)
        {
            _channels[channel].LatchCount(now);
        }
        else
        {
            if (channel == 0)
            {
                DeliverDue();
            }

            _channels[channel].WriteControl(value);
            if (channel == 0)
            {
                Update(now);
            }
        }
    }

    /// <summary>Read-back: bits 3:1 choose channels; bit 5 clear latches counts, bit 4 clear latches status.</summary>
    private void ReadBack(byte value, ulong now)
    {
        for (int i = 0; i < ChannelCount; i++)
        {
            if ((value & (2 << i)) == 0)
            {
                continue;
            }

            if ((value & 0x20) == 0)
            {
                _channels[i].LatchCount(now);
            }

            if ((value & 0x10) == 0)
            {
                _channels[i].LatchStatus(now);
            }
        }
    }

    /// <summary>An interrupt that was due before the guest touched channel 0 is still its.</summary>
    private void DeliverDue()
    {
        if (_timer.Deadline <= _clock.Now)
        {
            _irq0.Set(false);
            _irq0.Set(true);
        }
    }

    private void Update(ulong now)
    {
        _irq0.Set(_channels[0].Output(now));
        Arm(now);
    }

    private void Arm(ulong now)
    {
        ulong edge = _channels[0].NextRisingEdge(now);
        if (edge == Pit8254Channel.Never)
        {
            _timer.Cancel();
            return;
        }

        if (_channels[0].IsPeriodic && edge - now < MinimumPeriod)
        {
            edge = _channels[0].NextRisingEdge(now + MinimumPeriod);
        }

        _timer.Arm(ToNanoseconds(edge));
    }

    /// <summary>
    /// OUT rose. Falling edges mean nothing to the interrupt controllers, so they have no deadline: the line falls just before it rises again.
    /// </summary>
    private void OnRisingEdge()
    {
        _irq0.Set(false);
        _irq0.Set(true);
        Arm(Now);
    }

    private sealed class EdgeTimer(TimerSet set, Pit8254 pit) : VirtualTimer(set)
    {
        protected internal override void Fire(ulong deadline) => pit.OnRisingEdge();
    }
}
