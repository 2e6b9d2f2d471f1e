using System;

namespace HyperCore.Core.Boot;

/// <summary>
/// Names of files as hypercore.conf has them: paths from the root of a partition. A firmware volume has no folders; there the same path is what the
/// user interface section of a file says (UEFI Platform Initialization 1.7, volume 3, 3.2.5.15).
/// </summary>
public static class FilePath
{
    /// <summary>
    /// Two paths name the same file: FAT does not tell upper from lower case (UEFI 2.10, 13.3), <c>/</c> is as good as <c>\</c>, and both begin at the
    /// root, with or without one.
    /// </summary>
    public static bool IsSame(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = FromRoot(left);
        right = FromRoot(right);
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

    private static ReadOnlySpan<char> FromRoot(ReadOnlySpan<char> path) => path.Length > 0 && Fold(path[0]) == '\\' ? path.Slice(1) : path;

    /// <summary>A character as it is compared. Only ASCII letters are folded.</summary>
    public static char Fold(char value) => value is >= 'a' and <= 'z' ? (char)(value - 'a' + 'A') : value == '/' ? '\\' : value;
}
