using System;

namespace HyperCore.Core.Config;

/// <summary>UTF-8 to UTF-16 and back (RFC 3629), without the tables of a full library.</summary>
public static class Utf8Text
{
    /// <summary>Decodes the character at the start of <paramref name="utf8"/>.</summary>
    /// <param name="utf8">At least one byte.</param>
    /// <param name="codePoint">The character.</param>
    /// <param name="length">Bytes it takes; 1 when the bytes are not UTF-8.</param>
    /// <returns>False when the bytes are not UTF-8: stray or missing continuation, overlong form, surrogate, or above U+10FFFF.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, out int codePoint, out int length)
    {
        int first = utf8[0];
        codePoint = first;
        length = 1;
        if (first < 0x80)
        {
            return true;
        }

        int count = first switch
        {
            >= 0xC2 and <= 0xDF => 2,
            >= 0xE0 and <= 0xEF => 3,
            >= 0xF0 and <= 0xF4 => 4,
            _ => 0,
        };
        if (count == 0 || count > utf8.Length)
        {
            return false;
        }

        int value = first & (0x7F >> count);
        for (int i = 1; i < count; i++)
        {
            if ((utf8[i] & 0xC0) != 0x80)
            {
                return false;
            }

            value = (value << 6) | (utf8[i] & 0x3F);
        }

        if ((count == 3 && value < 0x800) || (count == 4 && value < 0x1_0000) || value > 0x10_FFFF || (value >= 0xD800 && value <= 0xDFFF))
        {
            return false;
        }

        codePoint = value;
        length = count;
        return true;
    }

    /// <summary>Bytes that <paramref name="text"/> takes in UTF-8.</summary>
    public static int CountBytes(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int i = 0; i < text.Length;)
        {
            int codePoint = NextCodePoint(text, ref i);
            count += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
        }

        return count;
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8. A lone surrogate becomes a question mark.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Room for <see cref="CountBytes"/> bytes at least.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        int at = 0;
        for (int i = 0; i < text.Length;)
        {
            int codePoint = NextCodePoint(text, ref i);
            if (codePoint < 0x80)
            {
                destination[at++] = (byte)codePoint;
                continue;
            }

            if (codePoint < 0x800)
            {
                destination[at++] = (byte)(0xC0 | (codePoint >> 6));
            }
            else
            {
                if (codePoint < 0x1_0000)
                {
                    destination[at++] = (byte)(0xE0 | (codePoint >> 12));
                }
                else
                {
                    destination[at++] = (byte)(0xF0 | (codePoint >> 18));
                    destination[at++] = (byte)(0x80 | ((codePoint >> 12) & 0x3F));
                }

                destination[at++] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
            }

            destination[at++] = (byte)(0x80 | (codePoint & 0x3F));
        }

        return at;
    }

    private static int NextCodePoint(ReadOnlySpan<char> text, ref int index)
    {
        char first = text[index++];
        if (first is < '\uD800' or > '\uDFFF')
        {
            return first;
        }

        if (first <= '\uDBFF' && index < text.Length && text[index] is >= '\uDC00' and <= '\uDFFF')
        {
            return 0x1_0000 + ((first - 0xD800) << 10) + (text[index++] - 0xDC00);
        }

        return '?';
    }
}
