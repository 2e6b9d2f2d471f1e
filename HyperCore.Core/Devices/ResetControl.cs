using HyperCore.Core.Platform;

namespace HyperCore.Core.Devices;

/// <summary>
/// Two chipset ports that reset the machine: RST_CNT at CF9h (Intel ICH/PCH data sheets, "Reset Control Register") and
/// system control port A at 92h (fast reset and the fast A20 gate).
/// </summary>
public sealed class ResetControl : BytePortDevice
{
    /// <summary>RST_CNT.</summary>
    public const ushort ResetPort = PlatformLayout.ResetPort;

    /// <summary>System control port A.</summary>
    public const ushort FastPort = 0x92;

    private const byte ResetCpu = 1 << 2;
    private const byte ResetControlMask = (1 << 1) | ResetCpu | (1 << 3);
    private const byte FastReset = 1 << 0;
    private const byte FastGateA20 = 1 << 1;

    private readonly PowerControl _power;
    private byte _resetControl;
    private byte _fast;

    /// <summary>Creates the ports.</summary>
    /// <param name="power">Who resets the VM.</param>
    public ResetControl(PowerControl power)
    {
        _power = power;
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "reset control";

    /// <summary>The A20 bit of port 92h. Kept for software that tests it; addresses are never masked.</summary>
    public bool A20 => (_fast & FastGateA20) != 0;

    /// <inheritdoc/>
    public override void Reset()
    {
        _resetControl = 0;
        _fast = FastGateA20;
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port switch
    {
        ResetPort => _resetControl,
        FastPort => _fast,
        _ => 0xFF,
    };

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == ResetPort)
        {
            // RST_CPU resets when it goes from 0 to 1; the other bits say how hard, which is all the same to a VM.
            bool rises = (value & ~_resetControl & ResetCpu) != 0;
            _resetControl = (byte)(value & ResetControlMask);
            if (rises)
            {
                _power.Reset("port CF9h");
            }
        }
        else if (port == FastPort)
        {
            bool rises = (value & ~_fast & FastReset) != 0;
            _fast = value;
            if (rises)
            {
                _power.Reset("port 92h");
            }
        }
    }
}
