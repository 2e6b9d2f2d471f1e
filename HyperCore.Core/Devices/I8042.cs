namespace HyperCore.Core.Devices;

/// <summary>
/// The keyboard controller of a PS/2 machine (IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
/// Controller") with a keyboard and a mouse on its two ports.
/// </summary>
public sealed class I8042 : BytePortDevice
{
    /// <summary>Data port.</summary>
    public const ushort DataPort = 0x60;

    /// <summary>Command port (write) and status port (read).</summary>
    public const ushort CommandPort = 0x64;

    // Status register.
    private const byte OutputBufferFull = 1 << 0;
    private const byte SystemFlag = 1 << 2;
    private const byte LastWasCommand = 1 << 3;
    private const byte NotInhibited = 1 << 4;
    private const byte AuxiliaryData = 1 << 5;

    // Command byte.
    private const byte KeyboardInterrupt = 1 << 0;
    private const byte AuxiliaryInterrupt = 1 << 1;
    private const byte DisableKeyboard = 1 << 4;
    private const byte DisableAuxiliary = 1 << 5;
    private const byte Translate = 1 << 6;

    // As firmware leaves it.
    private const byte InitialCommandByte = KeyboardInterrupt | SystemFlag | DisableAuxiliary | Translate;

    // Output port.
    private const byte NotReset = 1 << 0;
    private const byte GateA20 = 1 << 1;
    private const byte OutputPortIdle = 0xCC;
    private const byte KeyboardFull = 1 << 4;
    private const byte AuxiliaryFull = 1 << 5;

    private const byte RamMask = 0x1F;

    private readonly InterruptLine _irq1;
    private readonly InterruptLine _irq12;
    private readonly PowerControl _power;
    private readonly byte[] _ram = new byte[RamMask + 1];
    private byte _output;
    private byte _response;
    private byte _pendingCommand;
    private bool _outputFull;
    private bool _outputAuxiliary;
    private bool _responseWaits;
    private bool _responseAuxiliary;
    private bool _lastWasCommand;
    private bool _breakPrefix;

    /// <summary>Creates the controller with its keyboard and mouse.</summary>
    /// <param name="irq1">The keyboard's interrupt.</param>
    /// <param name="irq12">The mouse's interrupt.</param>
    /// <param name="power">Who resets the VM.</param>
    public I8042(InterruptLine irq1, InterruptLine irq12, PowerControl power)
    {
        _irq1 = irq1;
        _irq12 = irq12;
        _power = power;
        Keyboard = new Ps2Keyboard { Controller = this };
        Mouse = new Ps2Mouse { Controller = this };
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "8042 keyboard controller";

    /// <summary>The keyboard.</summary>
    public Ps2Keyboard Keyboard { get; }

    /// <summary>The mouse.</summary>
    public Ps2Mouse Mouse { get; }

    /// <summary>The A20 bit of the output port. Kept for software that tests it; addresses are never masked.</summary>
    public bool A20 { get; private set; }

    private ref byte CommandByte => ref _ram[0];

    /// <inheritdoc/>
    public override void Reset()
    {
        Keyboard.Reset();
        Mouse.Reset();
        System.Span<byte> ram = _ram;
        ram.Clear();
        CommandByte = InitialCommandByte;
        _output = 0;
        _response = 0;
        _pendingCommand = 0;
        _outputFull = false;
        _outputAuxiliary = false;
        _responseWaits = false;
        _responseAuxiliary = false;
        _lastWasCommand = false;
        _breakPrefix = false;
        A20 = true;
        Update();
    }

    /// <summary>A device has something to send.</summary>
    internal void OnDeviceReady() => Update();

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port switch
    {
        DataPort => ReadData(),
        CommandPort => Status(),
        _ => 0xFF,
    };

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == DataPort)
        {
            _lastWasCommand = false;
            WriteData(value);
            Update();
        }
        else if (port == CommandPort)
        {
            _lastWasCommand = true;
            _pendingCommand = 0;
            Command(value);
            Update();
        }
    }

    private byte Status() => (byte)(NotInhibited
        | (CommandByte & SystemFlag)
        | (_outputFull ? OutputBufferFull : 0)
        | (_outputFull && _outputAuxiliary ? AuxiliaryData : 0)
        | (_lastWasCommand ? LastWasCommand : 0));

    private byte ReadData()
    {
        byte value = _output;
        if (_outputFull)
        {
            // Emptying the buffer takes the interrupt back, so that the next byte makes an edge of its own.
            _outputFull = false;
            _irq1.Set(false);
            _irq12.Set(false);
            Update();
        }

        return value;
    }

    private void WriteData(byte value)
    {
        byte command = _pendingCommand;
        _pendingCommand = 0;
        switch (command)
        {
            case 0:
                // Sending a byte to a device starts its clock again.
                CommandByte &= unchecked((byte)~DisableKeyboard);
                Keyboard.Receive(value);
                break;
            case >= 0x60 and <= 0x7F:
                _ram[command & RamMask] = value;
                break;
            case 0xD1:
                WriteOutputPort(value);
                break;
            case 0xD2:
                Respond(value, auxiliary: false);
                break;
            case 0xD3:
                Respond(value, auxiliary: true);
                break;
            default:
                // D4
                CommandByte &= unchecked((byte)~DisableAuxiliary);
                Mouse.Receive(value);
                break;
        }
    }

    private void Command(byte value)
    {
        switch (value)
        {
            case <= 0x3F and >= 0x20:
                Respond(_ram[value & RamMask], auxiliary: false);
                break;
            case >= 0x60 and <= 0x7F:
            case >= 0xD1 and <= 0xD4:
                _pendingCommand = value;
                break;
            case 0xA4:
                // No password is set.
                Respond(0xF1, auxiliary: false);
                break;
            case 0xA7:
                CommandByte |= DisableAuxiliary;
                break;
            case 0xA8:
                CommandByte &= unchecked((byte)~DisableAuxiliary);
                break;
            case 0xAA:
                CommandByte |= SystemFlag;
                Respond(0x55, auxiliary: false);
                break;
            case 0xA9 or 0xAB:
                // Both ports' wires are fine.
                Respond(0x00, auxiliary: false);
                break;
            case 0xAD:
                CommandByte |= DisableKeyboard;
                break;
            case 0xAE:
                CommandByte &= unchecked((byte)~DisableKeyboard);
                break;
            case 0xC0:
                // Input port: keyboard not locked.
                Respond(0x80, auxiliary: false);
                break;
            case 0xD0:
                Respond(OutputPort(), auxiliary: false);
                break;
            case 0xDD:
                A20 = false;
                break;
            case 0xDF:
                A20 = true;
                break;
            case 0xE0:
                // Test inputs: both clocks high.
                Respond(0x03, auxiliary: false);
                break;
            case >= 0xF0 when (value & NotReset) == 0:
                // Pulses low the output port bits that are clear; bit 0 resets the processor.
                _power.Reset("keyboard controller");
                break;
            default:
                break;
        }
    }

    private byte OutputPort() => (byte)(OutputPortIdle | NotReset
        | (A20 ? GateA20 : 0)
        | (_outputFull && !_outputAuxiliary ? KeyboardFull : 0)
        | (_outputFull && _outputAuxiliary ? AuxiliaryFull : 0));

    private void WriteOutputPort(byte value)
    {
        A20 = (value & GateA20) != 0;
        if ((value & NotReset) == 0)
        {
            _power.Reset("keyboard controller");
        }
    }

    private void Respond(byte value, bool auxiliary)
    {
        _response = value;
        _responseAuxiliary = auxiliary;
        _responseWaits = true;
    }

    // Fills the output buffer if it is empty, and drives the interrupts.
    private void Update()
    {
        if (!_outputFull)
        {
            Fill();
        }

        _irq1.Set(_outputFull && !_outputAuxiliary && (CommandByte & KeyboardInterrupt) != 0);
        _irq12.Set(_outputFull && _outputAuxiliary && (CommandByte & AuxiliaryInterrupt) != 0);
    }

    private void Fill()
    {
        if (_responseWaits)
        {
            _responseWaits = false;
            SetOutput(_response, _responseAuxiliary);
        }
        else if (!FillFromKeyboard() && (CommandByte & DisableAuxiliary) == 0 && Mouse.TrySend(out byte value))
        {
            SetOutput(value, auxiliary: true);
        }
    }

    private bool FillFromKeyboard()
    {
        while ((CommandByte & DisableKeyboard) == 0 && Keyboard.TrySend(out byte value))
        {
            if ((CommandByte & Translate) == 0)
            {
                _breakPrefix = false;
                SetOutput(value, auxiliary: false);
                return true;
            }

            if (value == ScanCodes.Set2Break)
            {
                // The prefix becomes bit 7 of the byte that follows.
                _breakPrefix = true;
                continue;
            }

            byte translated = (byte)(ScanCodes.Set2ToSet1(value) | (_breakPrefix ? 0x80 : 0));
            _breakPrefix = false;
            SetOutput(translated, auxiliary: false);
            return true;
        }

        return false;
    }

    private void SetOutput(byte value, bool auxiliary)
    {
        _output = value;
        _outputAuxiliary = auxiliary;
        _outputFull = true;
    }
}
