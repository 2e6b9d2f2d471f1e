using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// System control port B, port 61h: gate and output of the 8254's channel 2, speaker, refresh toggle (ICH9 data sheet, 13.7.1, NMI_SC). There is no parity
/// and no I/O channel check error, and no speaker that would sound.
/// </summary>
public sealed class SystemControlPortB : Device
{
    /// <summary>The port.</summary>
    public const ushort Port = 0x61;

    private const byte Channel2Gate = 1 << 0;
    private const byte Writable = 0x0F;
    private const byte RefreshToggle = 1 << 4;
    private const byte Channel2Output = 1 << 5;

    /// <summary>Nanoseconds between two changes of the refresh toggle: channel 1 at its usual count of 18.</summary>
    private const ulong RefreshPeriod = 15_085;

    private readonly Pit8254 _pit;
    private readonly Clock _clock;
    private byte _control;

    /// <summary>Builds the port.</summary>
    /// <param name="pit">The timer whose channel 2 it controls.</param>
    /// <param name="clock">What the refresh toggle follows.</param>
    public SystemControlPortB(Pit8254 pit, Clock clock)
    {
        _pit = pit;
        _clock = clock;
    }

    /// <inheritdoc/>
    public override string Name => "port 61h";

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        uint value = _control;
        if ((_clock.Now / RefreshPeriod & 1) != 0)
        {
            value |= RefreshToggle;
        }

        if (_pit.GetOutput(2))
        {
            value |= Channel2Output;
        }

        return value | (0xFFFF_FF00u & (uint)((1ul << (size * 8)) - 1));
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        _control = (byte)(value & Writable);
        _pit.SetChannel2Gate((value & Channel2Gate) != 0);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _control = 0;
        _pit.SetChannel2Gate(false);
    }
}
