using System;

namespace HyperCore.TestGuest.Machine;

/// <summary>The words of the command line.</summary>
internal static class CommandLine
{
    /// <summary>A word is there.</summary>
    public static bool Contains(scoped ReadOnlySpan<char> line, string word)
    {
        while (line.Length > 0)
        {
            int end = line.IndexOf(' ');
            end = end < 0 ? line.Length : end;
            if (line.Slice(0, end).SequenceEqual(word.AsSpan()))
            {
                return true;
            }

            line = line.Slice(Math.Min(end + 1, line.Length));
        }

        return false;
    }
}
