namespace HyperCore.Core.Devices;

/// <summary>
/// A PC16550D serial port (National Semiconductor PC16550D data sheet, June 1995). The line is infinitely fast: a byte written is
/// sent at once, so the transmitter is always empty, and received bytes below the trigger level time out at once.
/// </summary>
public sealed class Uart16550 : BytePortDevice
{
    /// <summary>First port of COM1.</summary>
    public const ushort Com1 = 0x3F8;

    /// <summary>Number of ports.</summary>
    public const int PortCount = 8;

    /// <summary>Bytes in the receive FIFO.</summary>
    public const int FifoSize = 16;

    // Interrupt enable register.
    private const byte EnableReceived = 1 << 0;
    private const byte EnableTransmitterEmpty = 1 << 1;
    private const byte EnableLineStatus = 1 << 2;
    private const byte EnableModemStatus = 1 << 3;

    // Interrupt identification register.
    private const byte NoInterrupt = 0x01;
    private const byte ModemStatusInterrupt = 0x00;
    private const byte TransmitterEmptyInterrupt = 0x02;
    private const byte ReceivedInterrupt = 0x04;
    private const byte LineStatusInterrupt = 0x06;
    private const byte TimeoutInterrupt = 0x0C;
    private const byte FifosEnabled = 0xC0;

    // FIFO control register.
    private const byte FifoEnable = 1 << 0;
    private const byte ReceiveFifoReset = 1 << 1;

    // Line control register.
    private const byte DivisorLatchAccess = 1 << 7;

    // Modem control register.
    private const byte Out2 = 1 << 3;
    private const byte Loop = 1 << 4;
    private const byte ModemControlMask = 0x1F;

    // Line status register.
    private const byte DataReady = 1 << 0;
    private const byte OverrunError = 1 << 1;
    private const byte TransmitterEmpty = (1 << 5) | (1 << 6);

    // Modem status register: CTS, DSR and DCD are on, as with a terminal plugged in.
    private const byte TerminalPresent = 0xB0;

    private readonly InterruptLine _irq;
    private readonly SerialOutput _output;
    private readonly ushort _firstPort;
    private readonly byte[] _fifo = new byte[FifoSize];
    private int _fifoHead;
    private int _fifoCount;
    private byte _interruptEnable;
    private byte _fifoControl;
    private byte _lineControl;
    private byte _modemControl;
    private byte _modemDelta;
    private byte _scratch;
    private ushort _divisor;
    private bool _overrun;
    private bool _transmitterInterrupt;

    /// <summary>Creates the port.</summary>
    /// <param name="irq">Its interrupt, IRQ4 for COM1.</param>
    /// <param name="output">Where transmitted bytes go.</param>
    /// <param name="firstPort">Its first I/O port.</param>
    public Uart16550(InterruptLine irq, SerialOutput output, ushort firstPort = Com1)
    {
        _irq = irq;
        _output = output;
        _firstPort = firstPort;
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "16550 UART";

    /// <summary>How many bytes <see cref="TryReceive"/> takes now.</summary>
    public int ReceiveSpace => Looping ? 0 : Capacity - _fifoCount;

    /// <summary>The guest wants an interrupt for what is received: somebody reads there.</summary>
    public bool IsListening => (_interruptEnable & EnableReceived) != 0;

    private bool FifoOn => (_fifoControl & FifoEnable) != 0;

    private bool Looping => (_modemControl & Loop) != 0;

    private int Capacity => FifoOn ? FifoSize : 1;

    private int TriggerLevel => !FifoOn ? 1 : (_fifoControl >> 6) switch
    {
        0 => 1,
        1 => 4,
        2 => 8,
        _ => 14,
    };

    /// <summary>A byte arrives on the line.</summary>
    /// <returns>False when there is no room, or the guest has looped the port back: try again later.</returns>
    public bool TryReceive(byte value)
    {
        if (ReceiveSpace == 0)
        {
            return false;
        }

        Enqueue(value);
        UpdateInterrupt();
        return true;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _fifoHead = 0;
        _fifoCount = 0;
        _interruptEnable = 0;
        _fifoControl = 0;
        _lineControl = 0;
        _modemControl = 0;
        _modemDelta = 0;
        _scratch = 0;
        _divisor = 12;
        _overrun = false;
        _transmitterInterrupt = false;
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        bool divisorAccess = (_lineControl & DivisorLatchAccess) != 0;
        switch (port - _firstPort)
        {
            case 0:
                return divisorAccess ? (byte)_divisor : ReadReceiveBuffer();
            case 1:
                return divisorAccess ? (byte)(_divisor >> 8) : _interruptEnable;
            case 2:
                return ReadInterruptIdentification();
            case 3:
                return _lineControl;
            case 4:
                return _modemControl;
            case 5:
                return ReadLineStatus();
            case 6:
                return ReadModemStatus();
            case 7:
                return _scratch;
            default:
                return 0xFF;
        }
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        bool divisorAccess = (_lineControl & DivisorLatchAccess) != 0;
        switch (port - _firstPort)
        {
            case 0 when divisorAccess:
                _divisor = (ushort)((_divisor & 0xFF00) | value);
                break;
            case 0:
                Transmit(value);
                break;
            case 1 when divisorAccess:
                _divisor = (ushort)((_divisor & 0x00FF) | (value << 8));
                break;
            case 1:
                WriteInterruptEnable(value);
                break;
            case 2:
                WriteFifoControl(value);
                break;
            case 3:
                _lineControl = value;
                break;
            case 4:
                WriteModemControl(value);
                break;
            case 7:
                _scratch = value;
                break;
            default:
                // The status registers are for factory tests when written; nothing here.
                break;
        }
    }

    private byte ReadReceiveBuffer()
    {
        byte value = 0;
        if (_fifoCount > 0)
        {
            value = _fifo[_fifoHead];
            _fifoHead = (_fifoHead + 1) & (FifoSize - 1);
            _fifoCount--;
            UpdateInterrupt();
        }

        return value;
    }

    private byte ReadInterruptIdentification()
    {
        byte source = InterruptSource();
        if (source == TransmitterEmptyInterrupt)
        {
            // Reading the IIR resets the THRE interrupt if it is what is reported (table 5 of the data sheet).
            _transmitterInterrupt = false;
            UpdateInterrupt();
        }

        return (byte)(source | (FifoOn ? FifosEnabled : 0));
    }

    private byte ReadLineStatus()
    {
        byte value = (byte)(TransmitterEmpty | (_fifoCount > 0 ? DataReady : 0) | (_overrun ? OverrunError : 0));
        if (_overrun)
        {
            _overrun = false;
            UpdateInterrupt();
        }

        return value;
    }

    private byte ReadModemStatus()
    {
        byte value = (byte)(ModemInputs() | _modemDelta);
        if (_modemDelta != 0)
        {
            _modemDelta = 0;
            UpdateInterrupt();
        }

        return value;
    }

    private void Transmit(byte value)
    {
        if (!Looping)
        {
            _output.Write(value);
        }
        else if (_fifoCount < Capacity)
        {
            Enqueue(value);
        }
        else
        {
            // A full FIFO keeps what it has; the holding register keeps what came last.
            _overrun = true;
            if (!FifoOn)
            {
                _fifo[_fifoHead] = value;
            }
        }

        // The write takes the interrupt back and the byte, gone at once, raises it again.
        _transmitterInterrupt = true;
        UpdateInterrupt();
    }

    private void WriteInterruptEnable(byte value)
    {
        // Enabling the interrupt while the transmitter is empty raises it at once.
        if ((value & ~_interruptEnable & EnableTransmitterEmpty) != 0)
        {
            _transmitterInterrupt = true;
        }

        _interruptEnable = (byte)(value & 0x0F);
        UpdateInterrupt();
    }

    private void WriteFifoControl(byte value)
    {
        // A change of FIFO enable clears the FIFOs; without it the other bits are not programmed.
        bool toggles = ((value ^ _fifoControl) & FifoEnable) != 0;
        bool clears = (value & FifoEnable) != 0 && (value & ReceiveFifoReset) != 0;
        if (toggles || clears)
        {
            _fifoHead = 0;
            _fifoCount = 0;
        }

        _fifoControl = (value & FifoEnable) != 0 ? (byte)(value & 0xC9) : (byte)0;
        UpdateInterrupt();
    }

    private void WriteModemControl(byte value)
    {
        byte before = ModemInputs();
        _modemControl = (byte)(value & ModemControlMask);
        byte after = ModemInputs();

        // DCTS, DDSR and DDCD tell of any change, TERI only of RI going off.
        int changed = (before ^ after) >> 4;
        int ringEnded = (before & ~after) >> 4;
        _modemDelta |= (byte)((changed & 0x0B) | (ringEnded & 0x04));
        UpdateInterrupt();
    }

    private byte ModemInputs()
    {
        if (!Looping)
        {
            return TerminalPresent;
        }

        // Loopback connects RTS to CTS, DTR to DSR, OUT1 to RI and OUT2 to DCD.
        int control = _modemControl;
        return (byte)(((control & 0x02) << 3) | ((control & 0x01) << 5) | ((control & 0x0C) << 4));
    }

    private void Enqueue(byte value)
    {
        _fifo[(_fifoHead + _fifoCount) & (FifoSize - 1)] = value;
        _fifoCount++;
    }

    private byte InterruptSource()
    {
        if (_overrun && (_interruptEnable & EnableLineStatus) != 0)
        {
            return LineStatusInterrupt;
        }

        if (_fifoCount > 0 && (_interruptEnable & EnableReceived) != 0)
        {
            return _fifoCount >= TriggerLevel ? ReceivedInterrupt : TimeoutInterrupt;
        }

        if (_transmitterInterrupt && (_interruptEnable & EnableTransmitterEmpty) != 0)
        {
            return TransmitterEmptyInterrupt;
        }

        return _modemDelta != 0 && (_interruptEnable & EnableModemStatus) != 0 ? ModemStatusInterrupt : NoInterrupt;
    }

    // A PC connects the chip's interrupt through a gate that OUT2 opens; in loopback the OUT2 pin is off.
    private void UpdateInterrupt() =>
        _irq.Set(InterruptSource() != NoInterrupt && (_modemControl & (Out2 | Loop)) == Out2);
}
