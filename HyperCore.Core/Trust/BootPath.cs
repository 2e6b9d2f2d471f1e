using System;

namespace HyperCore.Core.Trust;

/// <summary>Paths on the partition HyperCore was started from.</summary>
public static class BootPath
{
    /// <summary>The configuration.</summary>
    public const string Configuration = "\\EFI\\HyperCore\\hypercore.conf";

    /// <summary>The list of files and their hashes.</summary>
    public const string Manifest = "\\EFI\\HyperCore\\manifest";

    /// <summary>The signature of the list.</summary>
    public const string Signature = "\\EFI\\HyperCore\\manifest.sig";

    /// <summary>Two paths name the same file: FAT does not tell upper from lower case, and both kinds of slashes are taken. Only ASCII letters are folded.</summary>
    public static bool IsSame(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (Fold(left[i]) != Fold(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A character as it is compared.</summary>
    public static char Fold(char value) => value is >= 'a' and <= 'z' ? (char)(value - 'a' + 'A') : value == '/' ? '\\' : value;
}
