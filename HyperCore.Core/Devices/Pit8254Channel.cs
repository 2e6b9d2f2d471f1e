namespace HyperCore.Core.Devices;

/// <summary>
/// One counter of the 8254 (Intel 8254 data sheet 231164). Nothing is counted: count and output are computed from the ticks that have passed since the
/// counting element was loaded, so a channel costs nothing while nobody looks. Every method takes the present in ticks of the 8254's clock.
/// </summary>
internal sealed class Pit8254Channel
{
    /// <summary>The tick that never comes.</summary>
    public const ulong Never = ulong.MaxValue;

    private const int AccessLow = 1;
    private const int AccessHigh = 2;
    private const int AccessBoth = 3;

    private readonly bool _gateAtReset;
    private int _mode;
    private int _access;
    private bool _bcd;
    private bool _gate;

    // The counting element: loaded with _count at tick _start; while the gate holds it, _held ticks have passed.
    private bool _loaded;
    private uint _count;
    private ulong _start;
    private ulong _held;

    // The count register: what was written and waits for a trigger (modes 1 and 5) or for the end of a cycle (modes 2 and 3).
    private uint _written;
    private bool _waiting;
    private ulong _switchAt;
    private bool _switchInMiddle;

    private byte _firstByte;
    private bool _secondWrite;
    private bool _secondRead;
    private bool _statusLatched;
    private byte _status;
    private int _latchedBytes;
    private ushort _latch;

    public Pit8254Channel(bool gateAtReset)
    {
        _gateAtReset = gateAtReset;
        Reset();
    }

    public bool Gate => _gate;

    /// <summary>Modes 2 and 3: interrupts come again and again without the guest doing anything.</summary>
    public bool IsPeriodic => _mode is 2 or 3;

    private ulong Modulus => _bcd ? 10000ul : 0x1_0000ul;

    /// <summary>The gate stops the count in all modes but those that it only starts.</summary>
    private bool Stopped => !_gate && _mode is not (1 or 5);

    public void Reset()
    {
        _mode = 0;
        _access = AccessBoth;
        _bcd = false;
        _gate = _gateAtReset;
        Unload();
    }

    /// <summary>A control word for this channel that is not a counter latch command.</summary>
    public void WriteControl(byte value)
    {
        _access = (value >> 4) & 3;
        _mode = (value >> 1) & 7;

        // Bit 2 of the mode does not count for modes 2 and 3.
        if (_mode > 5)
        {
            _mode &= 3;
        }

        _bcd = (value & 1) != 0;
        Unload();
    }

    public void Write(byte value, ulong now)
    {
        switch (_access)
        {
            case AccessLow:
                Load(value, now);
                break;
            case AccessHigh:
                Load((uint)value << 8, now);
                break;
            case AccessBoth when !_secondWrite:
                _firstByte = value;
                _secondWrite = true;

                // In mode 0 the first byte stops the count and the output goes low.
                if (_mode == 0)
                {
                    _loaded = false;
                }

                break;
            default:
                _secondWrite = false;
                Load(((uint)value << 8) | _firstByte, now);
                break;
        }
    }

    public byte Read(ulong now)
    {
        if (_statusLatched)
        {
            _statusLatched = false;
            return _status;
        }

        ushort value = _latchedBytes > 0 ? _latch : CurrentCount(now);
        bool high = _access == AccessHigh || (_access == AccessBoth && _secondRead);
        if (_access == AccessBoth)
        {
            _secondRead = !_secondRead;
        }

        if (_latchedBytes > 0)
        {
            _latchedBytes--;
        }

        return (byte)(high ? value >> 8 : value);
    }

    /// <summary>Counter latch command; a latch that has not been read stays.</summary>
    public void LatchCount(ulong now)
    {
        if (_latchedBytes == 0)
        {
            _latch = CurrentCount(now);
            _latchedBytes = _access == AccessBoth ? (_secondRead ? 1 : 2) : 1;
        }
    }

    /// <summary>Read-back command with the status bit.</summary>
    public void LatchStatus(ulong now)
    {
        if (!_statusLatched)
        {
            Settle(now);
            bool nullCount = !_loaded || _waiting;
            _status = (byte)((Output(now) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | (_access << 4) | (_mode << 1) | (_bcd ? 1 : 0));
            _statusLatched = true;
        }
    }

    public void SetGate(bool gate, ulong now)
    {
        if (gate == _gate)
        {
            return;
        }

        Settle(now);
        ulong elapsed = Elapsed(now);
        _gate = gate;
        if (!gate)
        {
            _held = elapsed;
            return;
        }

        if (_mode is 0 or 4)
        {
            _start = now - _held;
        }
        else if (_written != 0)
        {
            // A trigger: the counting element is loaded from the count register at the next tick.
            Start(_written, now + 1);
        }
    }

    /// <summary>The OUT pin.</summary>
    public bool Output(ulong now)
    {
        if (!_loaded)
        {
            return _mode != 0;
        }

        Settle(now);
        ulong elapsed = Elapsed(now);
        switch (_mode)
        {
            case 0:
            case 1:
                return elapsed >= _count;
            case 2:
                return !_gate || _count == 1 || elapsed % _count != _count - 1;
            case 3:
                return !_gate || elapsed % _count < HighPart(_count);
            default:
                return elapsed != _count;
        }
    }

    /// <summary>The first tick after the present at which OUT goes from low to high.</summary>
    public ulong NextRisingEdge(ulong now)
    {
        if (!_loaded || Stopped)
        {
            return Never;
        }

        Settle(now);
        ulong elapsed = Elapsed(now);
        switch (_mode)
        {
            case 0:
            case 1:
                return elapsed < _count ? _start + _count : Never;
            case 2:
            case 3:
                if (_waiting)
                {
                    return _switchInMiddle ? _switchAt - HighPart(_written) + _written : _switchAt;
                }

                return _count == 1 ? Never : _start + (((elapsed / _count) + 1) * _count);
            default:
                return elapsed <= _count ? _start + _count + 1 : Never;
        }
    }

    /// <summary>In mode 3 the output is high for half of the count, the longer half of an odd one.</summary>
    private static uint HighPart(uint count) => (count + 1) >> 1;

    private void Unload()
    {
        _loaded = false;
        _waiting = false;
        _written = 0;
        _count = 1;
        _start = 0;
        _held = 0;
        _secondWrite = false;
        _secondRead = false;
        _statusLatched = false;
        _latchedBytes = 0;
    }

    private void Load(uint value, ulong now)
    {
        Settle(now);
        _written = ToTicks(value);
        if (_mode is 1 or 5)
        {
            _waiting = true;
        }
        else if (_mode is 0 or 4 || !_loaded)
        {
            Start(_written, now + 1);
        }
        else if (!_gate)
        {
            // Stopped anyway: the trigger loads it.
            _waiting = true;
            _switchAt = Never;
        }
        else
        {
            WaitForEndOfCycle(now);
        }
    }

    /// <summary>A new count does not disturb the cycle that runs; in mode 3 it waits for the end of the half.</summary>
    private void WaitForEndOfCycle(ulong now)
    {
        ulong inCycle = Elapsed(now) % _count;
        ulong high = HighPart(_count);
        ulong cycleStart = (long)(now - _start) < 0 ? _start : now - inCycle;
        _waiting = true;
        _switchInMiddle = _mode == 3 && inCycle < high;
        _switchAt = cycleStart + (_switchInMiddle ? high : _count);
    }

    private void Start(uint count, ulong tick)
    {
        _loaded = true;
        _waiting = false;
        _count = count;
        _start = tick;
        _held = 0;
    }

    private void Settle(ulong now)
    {
        if (_waiting && _mode is 2 or 3 && _gate && _loaded && now >= _switchAt)
        {
            // After the high half of the old count comes the low half of the new one.
            Start(_written, _switchInMiddle ? _switchAt - HighPart(_written) : _switchAt);
        }
    }

    /// <summary>Ticks counted. The start may lie a tick ahead, and before tick 0 when a count was taken over in the middle of a cycle.</summary>
    private ulong Elapsed(ulong now) => Stopped ? _held : (long)(now - _start) < 0 ? 0 : now - _start;

    private ushort CurrentCount(ulong now)
    {
        if (!_loaded)
        {
            return 0;
        }

        Settle(now);
        ulong elapsed = Elapsed(now);
        ulong value;
        switch (_mode)
        {
            case 2:
                value = _count - (elapsed % _count);
                break;
            case 3:
                // Counts down by two, twice in a cycle.
                ulong inHalf = elapsed % _count;
                uint high = HighPart(_count);
                value = (_count & ~1u) - (2 * (inHalf < high ? inHalf : inHalf - high));
                break;
            default:
                // Goes on below zero, from the highest count.
                value = (_count % Modulus) + Modulus - (elapsed % Modulus);
                break;
        }

        uint binary = (uint)(value % Modulus);
        return _bcd ? ToBcd(binary) : (ushort)binary;
    }

    /// <summary>A written count in ticks: zero is the highest. Digits above nine, which have no meaning, count for what they are.</summary>
    private uint ToTicks(uint value)
    {
        uint binary = !_bcd
            ? value
            : (value & 0xF) + (((value >> 4) & 0xF) * 10) + (((value >> 8) & 0xF) * 100) + ((value >> 12) * 1000);
        return binary == 0 ? (uint)Modulus : binary;
    }

    private static ushort ToBcd(uint value) =>
        (ushort)((value % 10) | ((value / 10 % 10) << 4) | ((value / 100 % 10) << 8) | ((value / 1000 % 10) << 12));
}
