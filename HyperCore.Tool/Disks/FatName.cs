using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace HyperCore.Tool.Disks;

/// <summary>Names on FAT: which there may be, and the short one of 8 and 3 characters that each has. (FAT specification 1.03, "FAT Long Directory Entries".)</summary>
internal static class FatName
{
    /// <summary>Bytes of a short name, without the dot.</summary>
    public const int ShortLength = 11;

    private const int BaseLength = 8;
    private const int MaxLength = 255;
    private const int MaxTail = 999_999;
    private const string ShortCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$%'-_@~`!(){}^#&";
    private const string Forbidden = "\"*/:<>?\\|";

    /// <summary>Makes sure that there may be a file of this name.</summary>
    /// <exception cref="InvalidDataException">There may not.</exception>
    public static void Check(string name, string path)
    {
        if (name.Length is 0 or > MaxLength || name.Any(character => character < ' ' || Forbidden.Contains(character)) || name[^1] is '.' or ' ')
        {
            throw new InvalidDataException($"{path}: there can be no such name on FAT");
        }
    }

    /// <summary>The short name of a name that has one without changes but capitals; null for others.</summary>
    public static string? Exact(string name)
    {
        string upper = name.ToUpperInvariant();
        int dot = upper.LastIndexOf('.');
        string start = dot < 0 ? upper : upper[..dot];
        string extension = dot < 0 ? "" : upper[(dot + 1)..];
        return start.Length is > 0 and <= BaseLength && extension.Length <= ShortLength - BaseLength && start.All(ShortCharacters.Contains) && extension.All(ShortCharacters.Contains)
            ? start.PadRight(BaseLength) + extension.PadRight(ShortLength - BaseLength)
            : null;
    }

    /// <summary>A short name for any other name, which no other in the folder has.</summary>
    /// <param name="name">The name.</param>
    /// <param name="taken">The short names in the folder; the new one is added.</param>
    public static string Generate(string name, HashSet<string> taken)
    {
        string upper = name.ToUpperInvariant().Replace(" ", "", StringComparison.Ordinal).TrimStart('.');
        int dot = upper.LastIndexOf('.');
        string start = Replace(dot < 0 ? upper : upper[..dot].Replace(".", "", StringComparison.Ordinal));
        string extension = Replace(dot < 0 ? "" : upper[(dot + 1)..]);
        for (int i = 1; i <= MaxTail; i++)
        {
            string tail = $"~{i}";
            string candidate = (start[..Math.Min(start.Length, BaseLength - tail.Length)] + tail).PadRight(BaseLength)
                + extension[..Math.Min(extension.Length, ShortLength - BaseLength)].PadRight(ShortLength - BaseLength);
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidDataException($"{name}: too many names in one folder begin alike");
    }

    /// <summary>What ties a long name's entries to their short name.</summary>
    public static byte Checksum(ReadOnlySpan<byte> shortName)
    {
        byte sum = 0;
        foreach (byte value in shortName)
        {
            sum = (byte)(((sum & 1) << 7) + (sum >> 1) + value);
        }

        return sum;
    }

    /// <summary>The short name as people write it, <c>BOOTX64.EFI</c>.</summary>
    public static string ToText(ReadOnlySpan<byte> shortName)
    {
        string start = Encoding.Latin1.GetString(shortName[..BaseLength]).TrimEnd();
        string extension = Encoding.Latin1.GetString(shortName[BaseLength..ShortLength]).TrimEnd();
        return extension.Length == 0 ? start : $"{start}.{extension}";
    }

    private static string Replace(string text) => string.Concat(text.Select(character => ShortCharacters.Contains(character) ? character : '_'));
}
