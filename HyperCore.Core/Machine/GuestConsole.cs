using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// What a guest writes to COM1, cut into lines for the log: control sequences are taken out, so that a guest cannot draw on HyperCore's
/// terminal. The exit path only stores a byte; the main loop takes whole lines out.
/// </summary>
public sealed class GuestConsole : SerialOutput
{
    /// <summary>The longest line; a longer one is cut into several.</summary>
    public const int MaxLine = 240;

    private const int Capacity = 8192;
    private const byte Escape = 0x1B;
    private const int NoEscape = 0;
    private const int AfterEscape = 1;
    private const int InSequence = 2;
    private const int InString = 3;
    private const int AfterIntermediate = 4;
    private const byte Bell = 7;

    private readonly byte[] _ring = new byte[Capacity];
    private readonly char[] _line = new char[MaxLine];
    private bool _wantsAttention;
    private uint _head;
    private uint _tail;
    private int _lineLength;
    private int _escape;
    private bool _dropped;
    private bool _lineEnded;
    private bool _wasCut;

    /// <summary>Bytes wait to be taken.</summary>
    public bool HasInput => _head != _tail || _dropped;

    /// <summary>So much waits that the next exit might not find room for what it writes.</summary>
    public bool IsCongested => _head - _tail > Capacity / 2;

    /// <inheritdoc/>
    public override int Room => Math.Max(0, (Capacity / 2) + 1 - (int)(_head - _tail));

    /// <summary>What was written last ended a line.</summary>
    public bool IsAtLineStart => _head == 0 || _ring[(_head - 1) & (Capacity - 1)] == '\n';

    /// <summary>Part of a line has been taken that no line end has followed yet: a prompt, perhaps.</summary>
    public bool HasPartialLine => _lineLength > 0 && !_lineEnded;

    /// <summary>When a partial line is to be shown all the same, because nothing has followed it; nanoseconds.</summary>
    public ulong PartialLineDue { get; set; } = VirtualTimer.Never;

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _head = _tail = 0;
        _lineLength = 0;
        _escape = NoEscape;
        _dropped = false;
        _lineEnded = false;
        _wasCut = false;
        _wantsAttention = false;
        PartialLineDue = VirtualTimer.Never;
    }

    /// <summary>Raised whenever the main loop is to look at what was written.</summary>
    public AttentionFlag Attention { get; set; } = new();

    /// <summary>Whether something was written since the last call that the main loop is to look at now.</summary>
    public bool TakeAttention()
    {
        bool wanted = _wantsAttention;
        _wantsAttention = false;
        return wanted;
    }

    /// <inheritdoc/>
    public override void Write(byte value)
    {
        if (_head - _tail == Capacity)
        {
            _dropped = true;
            return;
        }

        _ring[_head++ & (Capacity - 1)] = value;
        if (value == '\n' || IsCongested)
        {
            _wantsAttention = true;
            Attention.IsRaised = true;
        }
    }

    /// <summary>Takes the next whole line.</summary>
    /// <param name="line">The line, good until the next call.</param>
    /// <returns>False when there is none yet.</returns>
    public bool TryTakeLine(out ReadOnlySpan<char> line)
    {
        if (_lineEnded)
        {
            _lineEnded = false;
            _lineLength = 0;
        }

        while (_tail != _head && !_lineEnded)
        {
            Take(_ring[_tail++ & (Capacity - 1)]);
        }

        line = _line.AsSpan(0, _lineLength);
        if (!_lineEnded && _dropped)
        {
            // First what there is of the line in which the loss began.
            _lineEnded = true;
            if (_lineLength == 0)
            {
                _dropped = false;
                line = "[output was lost: the guest wrote faster than the serial line carries]";
            }
        }

        return _lineEnded;
    }

    /// <summary>Takes what there is of a line that has not ended.</summary>
    public ReadOnlySpan<char> TakePartialLine()
    {
        _lineEnded = true;
        return _line.AsSpan(0, _lineLength);
    }

    private void Take(byte value)
    {
        if (_escape != NoEscape && value != '\n')
        {
            _escape = NextInEscape(value);
            return;
        }

        switch (value)
        {
            case Escape:
                _escape = AfterEscape;
                break;
            case (byte)'\n':
                // Ends an unfinished control sequence too. The line end behind a piece that was cut off has no line of its own.
                _escape = NoEscape;
                _lineEnded = !_wasCut;
                _wasCut = false;
                break;
            case (byte)'\b':
                _lineLength -= _lineLength > 0 ? 1 : 0;
                break;
            case (byte)'\t':
                Put(' ');
                break;
            case >= 0x20 and not 0x7F:
                Put((char)value);
                break;
            default:
                break;
        }
    }

    // ECMA-48: ESC [ parameters final; ESC ] and others, text, BEL or ESC \; ESC intermediates final.
    private int NextInEscape(byte value)
    {
        switch (_escape)
        {
            case AfterEscape:
                return value switch
                {
                    (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => InString,
                    (byte)'[' => InSequence,
                    >= 0x20 and < 0x30 => AfterIntermediate,
                    _ => NoEscape,
                };
            case AfterIntermediate:
                return value is >= 0x20 and < 0x30 ? AfterIntermediate : NoEscape;
            case InString:
                return value == Bell ? NoEscape : value == Escape ? AfterEscape : InString;
            default:
                return value == Escape ? AfterEscape : value is < 0x40 or > 0x7E ? InSequence : NoEscape;
        }
    }

    private void Put(char character)
    {
        _line[_lineLength++] = character;
        _wasCut = _lineLength == MaxLine;
        _lineEnded = _wasCut;
    }
}
