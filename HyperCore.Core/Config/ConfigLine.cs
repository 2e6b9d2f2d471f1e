using System;

namespace HyperCore.Core.Config;

/// <summary>One line of the file, taken apart. Columns are indexes into the line, from 0.</summary>
internal static class ConfigLine
{
    public static bool IsBlank(char c) => c is ' ' or '\t';

    public static bool IsCommentStart(char c) => c is '#' or ';';

    /// <summary>Index of the first character at or after <paramref name="start"/> that is not blank, or the length.</summary>
    public static int SkipBlanks(ReadOnlySpan<char> line, int start)
    {
        while (start < line.Length && IsBlank(line[start]))
        {
            start++;
        }

        return start;
    }

    /// <summary>Index after the last character in [start, end) that is not blank, or <paramref name="start"/>.</summary>
    public static int TrimEnd(ReadOnlySpan<char> line, int start, int end)
    {
        while (end > start && IsBlank(line[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Where the comment that ends the line starts, at or after <paramref name="start"/>: after a blank only; the length when there is none.</summary>
    public static int FindComment(ReadOnlySpan<char> line, int start)
    {
        for (int i = start; i < line.Length; i++)
        {
            if (IsCommentStart(line[i]) && i > 0 && IsBlank(line[i - 1]))
            {
                return i;
            }
        }

        return line.Length;
    }

    /// <summary>The single-character edits from one word to another, with case ignored; at most 32 characters are looked at.</summary>
    public static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.Slice(0, Math.Min(left.Length, 32));
        right = right.Slice(0, Math.Min(right.Length, 32));
        Span<int> row = stackalloc int[33];
        for (int j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int replace = diagonal + (Lower(left[i]) == Lower(right[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replace, Math.Min(diagonal, row[j]) + 1);
            }
        }

        return row[right.Length];
    }

    private static char Lower(char c) => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c;
}
