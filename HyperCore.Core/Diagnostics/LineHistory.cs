using System;

namespace HyperCore.Core.Diagnostics;

/// <summary>
/// Remembers the last lines of a stream of text; what is too old makes room. Lines are counted from the first one ever, so that a reader who
/// looks at old ones stays where he is while new ones come. Text is kept as UTF-8: bytes of a guest are kept as they are.
/// </summary>
public sealed class LineHistory
{
    /// <summary>The longest line in bytes; more is cut off.</summary>
    public const int MaxLine = 512;

    private readonly byte[] _text;
    private readonly uint[] _starts;
    private readonly ushort[] _lengths;
    private readonly byte[] _tags;
    private readonly char[] _line = new char[MaxLine];
    private uint _next;
    private bool _isOpen;

    /// <summary>Creates an empty history.</summary>
    /// <param name="lines">The most lines; a power of two.</param>
    /// <param name="bytes">The most text; a power of two, and more than <see cref="MaxLine"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not.</exception>
    public LineHistory(int lines, int bytes)
    {
        if (lines <= 0 || (lines & (lines - 1)) != 0 || bytes <= MaxLine || (bytes & (bytes - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(lines));
        }

        _text = new byte[bytes];
        _starts = new uint[lines];
        _lengths = new ushort[lines];
        _tags = new byte[lines];
    }

    /// <summary>Lines that are still there.</summary>
    public int Count { get; private set; }

    /// <summary>Lines that are no longer there: the number of the oldest that is.</summary>
    public ulong Forgotten { get; private set; }

    /// <summary>All lines that ever were.</summary>
    public ulong Total => Forgotten + (ulong)Count;

    /// <summary>Adds text. When the last line has not ended, it goes on there.</summary>
    /// <param name="text">The text; characters up to FFh are taken for bytes of UTF-8 when <paramref name="isBytes"/> says so.</param>
    /// <param name="tag">What is to be remembered with the line.</param>
    /// <param name="isEnded">The line is complete.</param>
    /// <param name="isBytes">Each character is a byte.</param>
    public void Add(ReadOnlySpan<char> text, byte tag = 0, bool isEnded = true, bool isBytes = false)
    {
        if (!_isOpen)
        {
            Begin(tag);
        }

        _isOpen = !isEnded;
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (isBytes || character < 0x80)
            {
                Put((byte)character);
            }
            else if (character < 0x800)
            {
                Put((byte)(0xC0 | (character >> 6)));
                Put((byte)(0x80 | (character & 0x3F)));
            }
            else
            {
                Put((byte)(0xE0 | (character >> 12)));
                Put((byte)(0x80 | ((character >> 6) & 0x3F)));
                Put((byte)(0x80 | (character & 0x3F)));
            }
        }
    }

    /// <summary>A line, the oldest that is there being 0; empty when there is none of that number. Good until the next call.</summary>
    public ReadOnlySpan<char> GetLine(int index, out byte tag)
    {
        if ((uint)index >= (uint)Count)
        {
            tag = 0;
            return default;
        }

        int slot = SlotOf(index);
        tag = _tags[slot];
        return Decode(_starts[slot], _lengths[slot]);
    }

    private int SlotOf(int index) => (int)((Forgotten + (ulong)index) & (ulong)(_starts.Length - 1));

    private void Begin(byte tag)
    {
        if (Count == _starts.Length)
        {
            Forget();
        }

        int slot = SlotOf(Count++);
        _starts[slot] = _next;
        _lengths[slot] = 0;
        _tags[slot] = tag;
    }

    private void Put(byte value)
    {
        int slot = SlotOf(Count - 1);
        if (_lengths[slot] == MaxLine)
        {
            return;
        }

        // The text is shorter than what all lines may have, so the last line is never the one to go.
        while (_next - _starts[SlotOf(0)] >= (uint)_text.Length)
        {
            Forget();
        }

        _text[_next++ & (uint)(_text.Length - 1)] = value;
        _lengths[slot]++;
    }

    private void Forget()
    {
        Forgotten++;
        Count--;
    }

    // RFC 3629, without what lies outside the basic plane; a byte that fits nowhere counts as Latin-1.
    private ReadOnlySpan<char> Decode(uint start, int length)
    {
        int characters = 0;
        for (int i = 0; i < length; i++)
        {
            byte first = ByteAt(start, i);
            int more = first switch
            {
                >= 0xC2 and < 0xE0 => 1,
                >= 0xE0 and < 0xF0 => 2,
                >= 0xF0 and < 0xF5 => 3,
                _ => 0,
            };
            uint value = first;
            if (more > 0 && i + more < length && AreContinuations(start, i + 1, more))
            {
                value = (uint)(first & (0x3F >> more));
                for (int next = 0; next < more; next++)
                {
                    value = (value << 6) | (uint)(ByteAt(start, ++i) & 0x3F);
                }
            }

            _line[characters++] = value is < 0x20 or 0x7F ? ' ' : value > 0xFFFF ? '?' : (char)value;
        }

        return _line.AsSpan(0, characters);
    }

    private bool AreContinuations(uint start, int index, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if ((ByteAt(start, index + i) & 0xC0) != 0x80)
            {
                return false;
            }
        }

        return true;
    }

    private byte ByteAt(uint start, int index) => _text[(start + (uint)index) & (uint)(_text.Length - 1)];
}
