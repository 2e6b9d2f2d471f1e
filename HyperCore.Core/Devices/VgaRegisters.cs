using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// What is left of the VGA registers, ports 3C0h to 3DFh, on a display that has a linear framebuffer only: indexed registers keep what is written
/// to them, and the attribute controller's palette enable bit decides whether there is a picture (IBM VGA, attribute address register, bit 5).
/// </summary>
public sealed class VgaRegisters : Device
{
    /// <summary>The first port.</summary>
    public const ushort FirstPort = 0x3C0;

    /// <summary>Number of ports from <see cref="FirstPort"/> on.</summary>
    public const int PortCount = 0x20;

    private const ushort AttributePort = 0x3C0;
    private const ushort AttributeReadPort = 0x3C1;
    private const ushort MiscellaneousWritePort = 0x3C2;
    private const ushort SequencerPort = 0x3C4;
    private const ushort MiscellaneousReadPort = 0x3CC;
    private const ushort GraphicsPort = 0x3CE;
    private const ushort ControllerPort = 0x3D4;
    private const ushort StatusPort = 0x3DA;
    private const byte PaletteEnable = 0x20;
    private const byte AttributeIndexMask = 0x1F;
    private const byte InVerticalRetrace = 0x09;

    private readonly byte[] _attributes = new byte[AttributeIndexMask + 1];
    private readonly byte[] _sequencer = new byte[256];
    private readonly byte[] _graphics = new byte[256];
    private readonly byte[] _controller = new byte[256];
    private byte _attributeIndex;
    private byte _sequencerIndex;
    private byte _graphicsIndex;
    private byte _controllerIndex;
    private byte _miscellaneous;
    private byte _status;
    private bool _attributeData;

    /// <summary>Creates the registers, with the picture on as firmware leaves it.</summary>
    public VgaRegisters() => Reset();

    /// <inheritdoc/>
    public override string Name => "VGA";

    /// <summary>The picture is on.</summary>
    public bool IsPictureOn => (_attributeIndex & PaletteEnable) != 0;

    /// <inheritdoc/>
    public override void Reset()
    {
        _attributes.AsSpan().Clear();
        _sequencer.AsSpan().Clear();
        _graphics.AsSpan().Clear();
        _controller.AsSpan().Clear();
        _attributeIndex = PaletteEnable;
        _sequencerIndex = 0;
        _graphicsIndex = 0;
        _controllerIndex = 0;
        _miscellaneous = 0x67; // colour addresses, as after any mode was set
        _status = 0;
        _attributeData = false;
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        uint value = 0;
        for (int i = 0; i < size && i < 4; i++)
        {
            value |= (uint)ReadByte((ushort)(port + i)) << (8 * i);
        }

        return value;
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        // A word goes to an index and its data port in one go.
        for (int i = 0; i < size && i < 4; i++)
        {
            WriteByte((ushort)(port + i), (byte)(value >> (8 * i)));
        }
    }

    private byte ReadByte(ushort port)
    {
        switch (port)
        {
            case AttributePort:
                return _attributeIndex;
            case AttributeReadPort:
                return _attributes[_attributeIndex & AttributeIndexMask];
            case SequencerPort:
                return _sequencerIndex;
            case SequencerPort + 1:
                return _sequencer[_sequencerIndex];
            case MiscellaneousReadPort:
                return _miscellaneous;
            case GraphicsPort:
                return _graphicsIndex;
            case GraphicsPort + 1:
                return _graphics[_graphicsIndex];
            case ControllerPort:
                return _controllerIndex;
            case ControllerPort + 1:
                return _controller[_controllerIndex];
            case StatusPort:
                // Reading it makes the next attribute write an index. Retrace comes and goes, so that nobody waits for it in vain.
                _attributeData = false;
                _status ^= InVerticalRetrace;
                return _status;
            default:
                return 0xFF;
        }
    }

    private void WriteByte(ushort port, byte value)
    {
        switch (port)
        {
            case AttributePort when _attributeData:
                _attributes[_attributeIndex & AttributeIndexMask] = value;
                _attributeData = false;
                break;
            case AttributePort:
                _attributeIndex = (byte)(value & (PaletteEnable | AttributeIndexMask));
                _attributeData = true;
                break;
            case MiscellaneousWritePort:
                _miscellaneous = value;
                break;
            case SequencerPort:
                _sequencerIndex = value;
                break;
            case SequencerPort + 1:
                _sequencer[_sequencerIndex] = value;
                break;
            case GraphicsPort:
                _graphicsIndex = value;
                break;
            case GraphicsPort + 1:
                _graphics[_graphicsIndex] = value;
                break;
            case ControllerPort:
                _controllerIndex = value;
                break;
            case ControllerPort + 1:
                _controller[_controllerIndex] = value;
                break;
        }
    }
}
