using System;

namespace HyperCore.Core.Config;

/// <summary>Numbers as hypercore.conf writes them.</summary>
internal static class ConfigNumber
{
    /// <summary>Decimal digits only, below 10^15.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '9')
            {
                return false;
            }

            number = (number * 10) + (ulong)(c - '0');
        }

        return text.Length is > 0 and <= 15;
    }

    /// <summary>A number followed by K, M or G. A size above 2^64 becomes the largest number.</summary>
    public static bool TryParseSize(ReadOnlySpan<char> text, out ulong bytes)
    {
        bytes = 0;
        if (text.Length < 2)
        {
            return false;
        }

        int shift = text[text.Length - 1] switch
        {
            'K' or 'k' => 10,
            'M' or 'm' => 20,
            'G' or 'g' => 30,
            _ => 0,
        };
        if (shift == 0 || !TryParseNumber(text.Slice(0, text.Length - 1), out ulong number))
        {
            return false;
        }

        // More than fits is as impossible as the largest that does.
        bytes = number > (ulong.MaxValue >> shift) ? ulong.MaxValue : number << shift;
        return true;
    }

    /// <summary><c>BB:DD.F</c> or <c>VVVV:DDDD</c>, in hexadecimal.</summary>
    public static bool TryParsePci(ReadOnlySpan<char> text, out PciSelector device)
    {
        device = default;
        if (text.Length == 9 && text[4] == ':' && TryParseHex(text.Slice(0, 4), out ushort vendor) && TryParseHex(text.Slice(5), out ushort id))
        {
            device = new PciSelector(false, vendor, id);
            return true;
        }

        if (text.Length == 7 && text[2] == ':' && text[5] == '.' && text[6] is >= '0' and <= '7'
            && TryParseHex(text.Slice(0, 2), out ushort bus) && TryParseHex(text.Slice(3, 2), out ushort slot) && slot < 32)
        {
            device = new PciSelector(true, bus, (ushort)((slot << 3) | (text[6] - '0')));
            return true;
        }

        return false;
    }

    private static bool TryParseHex(ReadOnlySpan<char> text, out ushort number)
    {
        number = 0;
        foreach (char c in text)
        {
            int digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'a' and <= 'f' => c - 'a' + 10,
                >= 'A' and <= 'F' => c - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            number = (ushort)((number << 4) | digit);
        }

        return true;
    }
}
