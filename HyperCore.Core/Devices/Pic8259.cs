using System.Numerics;

namespace HyperCore.Core.Devices;

/// <summary>
/// One 8259A interrupt controller in 8086 mode, with the edge/level control register that chip sets put in place of LTIM (Intel 8259A data sheet 231468;
/// ICH9 data sheet, 13.4). An edge is latched until it is acknowledged, so that a pulse is an interrupt.
/// </summary>
public sealed class Pic8259
{
    private const byte CascadeBit = 1 << Pic8259Pair.CascadeInput;

    private readonly byte _elcrWritable;
    private readonly bool _isMaster;
    private byte _lines;
    private byte _request;
    private byte _inService;
    private byte _mask;
    private byte _edgeLevel;
    private byte _vectorBase;
    private byte _lowestPriority;
    private byte _nextInitializationWord;
    private bool _single;
    private bool _needsIcw4;
    private bool _autoEoi;
    private bool _rotateOnAutoEoi;
    private bool _specialMask;
    private bool _specialFullyNested;
    private bool _readInService;
    private bool _poll;

    /// <summary>Builds a chip in power-on state.</summary>
    /// <param name="isMaster">Whether it is the one with the other's output at input 2.</param>
    /// <param name="levelInputs">The inputs that the edge/level control register can make level-triggered.</param>
    public Pic8259(bool isMaster, byte levelInputs)
    {
        _isMaster = isMaster;
        _elcrWritable = levelInputs;
        Reset();
    }

    /// <summary>The INT output.</summary>
    public bool Output => _nextInitializationWord == 0 && HighestPending() >= 0;

    /// <summary>Interrupt request register.</summary>
    public byte RequestRegister => _request;

    /// <summary>In-service register.</summary>
    public byte InServiceRegister => _inService;

    /// <summary>Interrupt mask register.</summary>
    public byte MaskRegister => _mask;

    /// <summary>The edge/level control register: a set bit makes an input level-triggered.</summary>
    public byte EdgeLevelControl
    {
        get => _edgeLevel;
        set
        {
            _edgeLevel = (byte)(value & _elcrWritable);

            // A level-triggered input has no latch.
            _request = (byte)((_request & ~_edgeLevel) | (_lines & _edgeLevel));
        }
    }

    /// <summary>The input where a slave sits follows the slave's output; a master's only.</summary>
    private byte LevelInputs => _isMaster ? (byte)(_edgeLevel | CascadeBit) : _edgeLevel;

    /// <summary>Drives an input, 0 to 7.</summary>
    public void SetLine(int input, bool asserted)
    {
        byte bit = (byte)(1 << (input & 7));
        bool old = (_lines & bit) != 0;
        _lines = (byte)(asserted ? _lines | bit : _lines & ~bit);
        if ((LevelInputs & bit) != 0)
        {
            _request = (byte)(asserted ? _request | bit : _request & ~bit);
        }
        else if (asserted && !old)
        {
            _request |= bit;
        }
    }

    /// <summary>The processor acknowledges: what INTA cycles do.</summary>
    /// <param name="input">The input that is now in service; 7 also when none asked any more (a spurious interrupt).</param>
    /// <returns>The vector.</returns>
    public byte Acknowledge(out int input)
    {
        input = HighestPending();
        if (input < 0)
        {
            input = 7;
        }
        else
        {
            Accept(input);
        }

        return (byte)(_vectorBase + input);
    }

    /// <summary>Reads the chip.</summary>
    /// <param name="a0">The address line: false for the command port, true for the data port.</param>
    public byte Read(bool a0)
    {
        if (_poll)
        {
            _poll = false;
            int input = HighestPending();
            if (input < 0)
            {
                return 0;
            }

            Accept(input);
            return (byte)(0x80 | input);
        }

        return a0 ? _mask : _readInService ? _inService : _request;
    }

    /// <summary>Writes a command word.</summary>
    /// <param name="a0">The address line: false for the command port, true for the data port.</param>
    /// <param name="value">The word.</param>
    public void Write(bool a0, byte value)
    {
        if (!a0)
        {
            if ((value & 0x10) != 0)
            {
                BeginInitialization(value);
            }
            else if ((value & 0x08) != 0)
            {
                WriteOcw3(value);
            }
            else
            {
                WriteOcw2(value);
            }

            return;
        }

        switch (_nextInitializationWord)
        {
            case 2:
                _vectorBase = (byte)(value & 0xF8);
                _nextInitializationWord = _single ? AfterIcw3() : (byte)3;
                break;

            case 3:
                // ICW3 says how the chips are wired, which on a PC is fixed.
                _nextInitializationWord = AfterIcw3();
                break;

            case 4:
                _autoEoi = (value & 0x02) != 0;
                _specialFullyNested = (value & 0x10) != 0;
                _nextInitializationWord = 0;
                break;

            default:
                _mask = value;
                break;
        }
    }

    /// <summary>
    /// Power-on state. The data sheet leaves it open; here everything is masked, edge-triggered and uses vectors 0 to 7, until the guest initialises the chip.
    /// </summary>
    public void Reset()
    {
        _lines = 0;
        _edgeLevel = 0;
        _vectorBase = 0;
        ClearForInitialization();
        _mask = 0xFF;
        _nextInitializationWord = 0;
    }

    private void BeginInitialization(byte icw1)
    {
        ClearForInitialization();
        _single = (icw1 & 0x02) != 0;
        _needsIcw4 = (icw1 & 0x01) != 0;
        _nextInitializationWord = 2;
    }

    /// <summary>What ICW1 does (8259A data sheet, "Initialization Command Words"): also latched edges are forgotten and must come again.</summary>
    private void ClearForInitialization()
    {
        _request = (byte)(_lines & LevelInputs);
        _inService = 0;
        _mask = 0;
        _lowestPriority = 7;
        _autoEoi = false;
        _rotateOnAutoEoi = false;
        _specialMask = false;
        _specialFullyNested = false;
        _readInService = false;
        _poll = false;
    }

    private byte AfterIcw3() => _needsIcw4 ? (byte)4 : (byte)0;

    private void WriteOcw2(byte value)
    {
        int level = value & 7;
        switch (value >> 5)
        {
            case 0:
                _rotateOnAutoEoi = false;
                break;
            case 1:
                EndOfInterrupt(HighestInService(), rotate: false);
                break;
            case 3:
                EndOfInterrupt(level, rotate: false);
                break;
            case 4:
                _rotateOnAutoEoi = true;
                break;
            case 5:
                EndOfInterrupt(HighestInService(), rotate: true);
                break;
            case 6:
                _lowestPriority = (byte)level;
                break;
            case 7:
                EndOfInterrupt(level, rotate: true);
                break;
        }
    }

    private void WriteOcw3(byte value)
    {
        if ((value & 0x40) != 0)
        {
            _specialMask = (value & 0x20) != 0;
        }

        _poll = (value & 0x04) != 0;
        if ((value & 0x02) != 0)
        {
            _readInService = (value & 0x01) != 0;
        }
    }

    private void EndOfInterrupt(int input, bool rotate)
    {
        if (input < 0)
        {
            return;
        }

        _inService = (byte)(_inService & ~(1 << input));
        if (rotate)
        {
            _lowestPriority = (byte)input;
        }
    }

    private void Accept(int input)
    {
        byte bit = (byte)(1 << input);
        if ((LevelInputs & bit) == 0)
        {
            _request = (byte)(_request & ~bit);
        }

        if (!_autoEoi)
        {
            _inService |= bit;
        }
        else if (_rotateOnAutoEoi)
        {
            _lowestPriority = (byte)input;
        }
    }

    /// <summary>The input that INT is for, or -1.</summary>
    private int HighestPending()
    {
        int pending = PriorityOf((byte)(_request & ~_mask));

        // In special mask mode a masked input in service holds nothing back. In special fully nested mode the master lets its slave interrupt again.
        byte holding = _specialMask ? (byte)(_inService & ~_mask) : _inService;
        if (_specialFullyNested && _isMaster)
        {
            holding = (byte)(holding & ~CascadeBit);
        }

        return pending < PriorityOf(holding) ? InputAt(pending) : -1;
    }

    /// <summary>The input a non-specific EOI is for, or -1: masked ones do not count in special mask mode.</summary>
    private int HighestInService()
    {
        int priority = PriorityOf(_specialMask ? (byte)(_inService & ~_mask) : _inService);
        return priority == 8 ? -1 : InputAt(priority);
    }

    /// <summary>Place of the highest of some inputs in the order of priority: 0 is the highest, 8 means none.</summary>
    private int PriorityOf(byte inputs)
    {
        int rotation = _lowestPriority + 1;
        uint rotated = ((((uint)inputs << 8) | inputs) >> (rotation & 7)) & 0xFF;
        return BitOperations.TrailingZeroCount(rotated | 0x100);
    }

    private int InputAt(int priority) => (priority + _lowestPriority + 1) & 7;
}
