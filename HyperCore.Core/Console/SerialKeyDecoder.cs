namespace HyperCore.Core.Console;

/// <summary>
/// Finds the menu's keys in what a terminal sends: characters, and control sequences of the kinds ESC [ A, ESC [ 1 5 ~, ESC [ 1 ; 2 A,
/// ESC [ [ E (Linux console) and ESC O A (ECMA-48; xterm control sequences).
/// </summary>
public sealed class SerialKeyDecoder
{
    /// <summary>How long after ESC the rest of a sequence may come before ESC counts as a key; nanoseconds. A byte at 9600 baud takes 1 ms.</summary>
    public const ulong EscapeTimeout = 100_000_000;

    private State _state;
    private ulong _escapeAt;
    private int _parameter;
    private bool _firstParameter;
    private bool _afterReturn;

    private enum State
    {
        Ground,
        Escape,
        Control,
        LinuxFunction,
        SingleShift,
    }

    /// <summary>Bytes of an unfinished sequence are held: call <see cref="Poll"/> from time to time.</summary>
    public bool IsPending => _state != State.Ground;

    /// <summary>Takes the next byte.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="now">The time, nanoseconds.</param>
    /// <returns>The key it completes; <see cref="MenuKey.None"/> when it completes none.</returns>
    public MenuKey Feed(byte value, ulong now)
    {
        bool afterReturn = _afterReturn;
        _afterReturn = false;
        switch (_state)
        {
            case State.Escape:
                return AfterEscape(value, now);
            case State.Control:
                return InControl(value, now);
            case State.LinuxFunction:
                _state = State.Ground;
                return value == 'E' ? MenuKey.Refresh : MenuKey.Other;
            case State.SingleShift:
                _state = State.Ground;
                return FromFinal(value);
            default:
                _afterReturn = value == '\r';
                return value == '\n' && afterReturn ? MenuKey.None : FromCharacter(value, now);
        }
    }

    /// <summary>Gives up waiting for the rest of a sequence when its time is over.</summary>
    /// <returns><see cref="MenuKey.Escape"/> when it was ESC alone.</returns>
    public MenuKey Poll(ulong now)
    {
        if (_state == State.Ground || now - _escapeAt < EscapeTimeout)
        {
            return MenuKey.None;
        }

        MenuKey key = _state == State.Escape ? MenuKey.Escape : MenuKey.None;
        _state = State.Ground;
        return key;
    }

    private static MenuKey FromFinal(byte value) => value switch
    {
        (byte)'A' => MenuKey.Up,
        (byte)'B' => MenuKey.Down,
        (byte)'C' => MenuKey.Right,
        (byte)'D' => MenuKey.Left,
        (byte)'H' => MenuKey.Home,
        (byte)'F' => MenuKey.End,
        (byte)'M' => MenuKey.Enter,
        (byte)'Z' => MenuKey.Tab,
        (byte)'t' => MenuKey.Refresh,
        _ => MenuKey.Other,
    };

    private static MenuKey FromNumber(int parameter) => parameter switch
    {
        1 or 7 => MenuKey.Home,
        4 or 8 => MenuKey.End,
        5 => MenuKey.PageUp,
        6 => MenuKey.PageDown,
        15 => MenuKey.Refresh,
        _ => MenuKey.Other,
    };

    private MenuKey FromCharacter(byte value, ulong now)
    {
        switch (value)
        {
            case 0x1B:
                _state = State.Escape;
                _escapeAt = now;
                return MenuKey.None;
            case (byte)'\r':
            case (byte)'\n':
                return MenuKey.Enter;
            case 0x09:
                return MenuKey.Tab;
            case 0x0C:
                return MenuKey.Refresh;
            case >= (byte)'0' and <= (byte)'9':
                return (MenuKey)value;
            case 0:
                return MenuKey.None;
        }

        var key = (MenuKey)(value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20 : value);
        return key is MenuKey.Space or MenuKey.B or MenuKey.E or MenuKey.I or MenuKey.L or MenuKey.N or MenuKey.P or MenuKey.Q or MenuKey.R or MenuKey.S or MenuKey.Y or MenuKey.Z
            ? key
            : MenuKey.Other;
    }

    private MenuKey AfterEscape(byte value, ulong now)
    {
        switch (value)
        {
            case (byte)'[':
                _state = State.Control;
                _parameter = 0;
                _firstParameter = true;
                return MenuKey.None;
            case (byte)'O':
                _state = State.SingleShift;
                return MenuKey.None;
            case 0x1B:
                // The first one was a key of its own.
                _escapeAt = now;
                return MenuKey.Escape;
            default:
                // Alt with a key.
                _state = State.Ground;
                return MenuKey.Other;
        }
    }

    private MenuKey InControl(byte value, ulong now)
    {
        switch (value)
        {
            case >= (byte)'0' and <= (byte)'9':
                if (_firstParameter && _parameter < 100)
                {
                    _parameter = (_parameter * 10) + (value - '0');
                }

                return MenuKey.None;
            case (byte)';':
                _firstParameter = false;
                return MenuKey.None;
            case (byte)'[':
                _state = State.LinuxFunction;
                return MenuKey.None;
            case (byte)'~':
                _state = State.Ground;
                return FromNumber(_parameter);
            case >= 0x40 and <= 0x7E:
                _state = State.Ground;
                return FromFinal(value);
            case >= 0x20 and <= 0x3F:
                return MenuKey.None;
            default:
                // A control character ends the sequence and counts itself.
                _state = State.Ground;
                return FromCharacter(value, now);
        }
    }
}
