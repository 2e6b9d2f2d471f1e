using System;
using System.Runtime.CompilerServices;

namespace HyperCore.Core.Diagnostics;

/// <summary>
/// Builds a piece of text in a buffer the caller owns, without allocating. What does not fit is cut off. It is also an interpolated string
/// handler, see <see cref="Format"/>. Formats: none or <c>d</c> decimal, <c>x</c> hexadecimal, <c>x8</c> with at least 8 digits.
/// </summary>
[InterpolatedStringHandler]
public ref struct TextBuilder
{
    private readonly Span<char> _buffer;
    private int _length;

    /// <summary>Starts an empty text in <paramref name="buffer"/>.</summary>
    public TextBuilder(Span<char> buffer)
    {
        _buffer = buffer;
        _length = 0;
    }

    /// <summary>What an interpolated string passed with a buffer calls.</summary>
    public TextBuilder(int literalLength, int formattedCount, Span<char> buffer)
        : this(buffer)
    {
    }

    /// <summary>The text so far.</summary>
    public readonly ReadOnlySpan<char> Text => _buffer.Slice(0, _length);

    /// <summary>Characters so far.</summary>
    public readonly int Length => _length;

    /// <summary>Forgets the text.</summary>
    public void Clear() => _length = 0;

    /// <summary>Appends one character.</summary>
    public void Append(char value)
    {
        if (_length < _buffer.Length)
        {
            _buffer[_length++] = value;
        }
    }

    /// <summary>Appends characters.</summary>
    public void Append(scoped ReadOnlySpan<char> value)
    {
        int count = Math.Min(value.Length, _buffer.Length - _length);
        value.Slice(0, count).CopyTo(_buffer.Slice(_length));
        _length += count;
    }

    /// <summary>Appends a string; null appends nothing.</summary>
    public void Append(string? value)
    {
        if (value != null)
        {
            Append(value.AsSpan());
        }
    }

    /// <summary>Appends bytes as Latin-1 characters.</summary>
    public void AppendBytes(scoped ReadOnlySpan<byte> value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            Append((char)value[i]);
        }
    }

    /// <summary>Appends a number in decimal, padded with spaces on the left to <paramref name="width"/>.</summary>
    public void AppendDecimal(ulong value, int width = 0, char padding = ' ')
    {
        Span<char> digits = stackalloc char[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (char)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        Pad(width - (digits.Length - at), padding);
        Append(digits.Slice(at));
    }

    /// <summary>Appends a number in decimal.</summary>
    public void AppendDecimal(long value)
    {
        if (value < 0)
        {
            Append('-');
            AppendDecimal((ulong)-value);
        }
        else
        {
            AppendDecimal((ulong)value);
        }
    }

    /// <summary>Appends a number in hexadecimal, lower case, with at least <paramref name="digits"/> digits and no prefix.</summary>
    public void AppendHex(ulong value, int digits = 1)
    {
        int shift = 60;
        while (shift > 0 && shift >= digits * 4 && (value >> shift) == 0)
        {
            shift -= 4;
        }

        for (; shift >= 0; shift -= 4)
        {
            int digit = (int)(value >> shift) & 0xF;
            Append((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    /// <summary>Appends <paramref name="count"/> times <paramref name="padding"/>; nothing when it is negative.</summary>
    public void Pad(int count, char padding = ' ')
    {
        for (; count > 0; count--)
        {
            Append(padding);
        }
    }

    /// <summary>Appends spaces until the text is <paramref name="column"/> characters long.</summary>
    public void PadTo(int column) => Pad(column - _length);

    /// <summary>Appends an amount of memory the way people write it: <c>512M</c>, <c>4G</c>, <c>640K</c>.</summary>
    public void AppendMemorySize(ulong bytes)
    {
        if (bytes != 0 && (bytes & 0x3FFF_FFFF) == 0)
        {
            AppendDecimal(bytes >> 30);
            Append('G');
        }
        else if (bytes >= 0x10_0000)
        {
            AppendDecimal(bytes >> 20);
            Append('M');
        }
        else
        {
            AppendDecimal(bytes >> 10);
            Append('K');
        }
    }

    /// <summary>Formats an interpolated string into <paramref name="buffer"/>: <c>TextBuilder.Format(buffer, $"{used} of {total}")</c>.</summary>
    /// <returns>The part of the buffer that holds the text.</returns>
    public static ReadOnlySpan<char> Format(Span<char> buffer, [InterpolatedStringHandlerArgument(nameof(buffer))] ref TextBuilder text) => buffer.Slice(0, text.Length);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendLiteral(string value) => Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(string? value) => Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<char> value) => Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(char value) => Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(ulong value, string? format = null)
    {
        if (format != null && format.Length > 0 && format[0] == 'x')
        {
            int digits = 1;
            if (format.Length > 1)
            {
                digits = 0;
                for (int i = 1; i < format.Length; i++)
                {
                    digits = (digits * 10) + (format[i] - '0');
                }
            }

            AppendHex(value, digits);
        }
        else
        {
            AppendDecimal(value);
        }
    }

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(uint value, string? format = null) => AppendFormatted((ulong)value, format);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(long value) => AppendDecimal(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(int value) => AppendDecimal((long)value);
}
