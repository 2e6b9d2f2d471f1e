using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace HyperCore.StartScreen.Settings;

/// <summary>
/// The files that are kept across boots, as one piece: for each a line <c>file NAME LENGTH</c> and its bytes, sorted by name. A name is up to
/// 64 letters, digits, dots, hyphens and underscores, and starts with none of the last three.
/// </summary>
internal static class KeptFiles
{
    private const int MaxName = 64;

    /// <summary>Puts files together.</summary>
    public static byte[] Pack(IReadOnlyDictionary<string, byte[]> files)
    {
        var names = new List<string>(files.Keys);
        names.Sort(string.CompareOrdinal);
        using var stream = new MemoryStream();
        foreach (string name in names)
        {
            if (IsName(name))
            {
                stream.Write(Encoding.ASCII.GetBytes($"file {name} {files[name].Length}\n"));
                stream.Write(files[name]);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Takes files apart.</summary>
    /// <returns>Null when something is wrong with them.</returns>
    public static Dictionary<string, byte[]>? Unpack(ReadOnlySpan<byte> bytes)
    {
        var files = new Dictionary<string, byte[]>();
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            string[] words = end < 0 ? [] : Encoding.ASCII.GetString(bytes[..end]).Split(' ');
            if (words is not ["file", { } name, { } size] || !IsName(name)
                || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > bytes.Length - end - 1)
            {
                return null;
            }

            files[name] = bytes.Slice(end + 1, length).ToArray();
            bytes = bytes[(end + 1 + length)..];
        }

        return files;
    }

    private static bool IsName(string name)
    {
        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxName && char.IsAsciiLetterOrDigit(name[0]);
    }
}
