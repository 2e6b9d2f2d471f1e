using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Firmware;

/// <summary>Names of boot entries: Boot and the number in four hexadecimal digits, upper case (UEFI 2.10, 3.3).</summary>
public static class BootEntryName
{
    /// <summary>Characters of a name.</summary>
    public const int Length = 8;

    private const int Digits = 4;

    /// <summary>Writes the name of an entry: <c>Boot001A</c>.</summary>
    public static ReadOnlySpan<char> Format(Span<char> buffer, int number)
    {
        var text = new TextBuilder(buffer);
        Append(ref text, number);
        return buffer.Slice(0, Length);
    }

    /// <summary>Appends the name of an entry.</summary>
    public static void Append(ref TextBuilder text, int number)
    {
        text.Append("Boot");
        for (int i = Digits - 1; i >= 0; i--)
        {
            int digit = (number >> (4 * i)) & 0xF;
            text.Append((char)(digit < 10 ? '0' + digit : 'A' + digit - 10));
        }
    }

    /// <summary>Appends which place in the boot order it has: ", third in the order".</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The place, from 0; -1 when it has none.</param>
    public static void AppendPlace(ref TextBuilder text, int place)
    {
        string? word = place switch
        {
            0 => "first",
            1 => "second",
            2 => "third",
            3 => "fourth",
            4 => "fifth",
            5 => "sixth",
            6 => "seventh",
            7 => "eighth",
            8 => "ninth",
            _ => null,
        };
        if (place < 0)
        {
            text.Append(", not in the boot order");
            return;
        }

        text.Append(", ");
        if (word == null)
        {
            text.Append("number ");
            text.AppendDecimal((long)place + 1);
        }
        else
        {
            text.Append(word);
        }

        text.Append(" in the order");
    }
}
