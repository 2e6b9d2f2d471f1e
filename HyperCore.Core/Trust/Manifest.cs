using System;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;

namespace HyperCore.Core.Trust;

/// <summary>
/// The files that belong to an image: a text in UTF-8 with a header line and then a line <c>sha256  size  path</c> for each file, with two blanks
/// in between, ended by a line feed. One way to write each list, and nothing else is accepted.
/// </summary>
/// <remarks>It keeps a copy of the text, so that what was checked is what is used.</remarks>
public sealed class Manifest
{
    /// <summary>Bytes of the longest text: a manifest names tens of files.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Characters of the longest path, as for files in general.</summary>
    public const int MaxPath = 255;

    private const int HashDigits = 2 * Sha256.HashBytes;
    private const int MaxSizeDigits = 19;

    private readonly byte[] _text;

    private Manifest(byte[] text) => _text = text;

    /// <summary>Number of files.</summary>
    public int Count { get; private set; }

    /// <summary>The first line.</summary>
    public static ReadOnlySpan<byte> Header => "hypercore-manifest 1\n"u8;

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">The file.</param>
    /// <param name="badLine">The line that is not as it should be, from 1; 0 when the file is too long.</param>
    /// <returns>Null when it is not a manifest.</returns>
    public static Manifest? Parse(ReadOnlySpan<byte> text, out int badLine)
    {
        badLine = 0;
        if (text.Length > MaxBytes)
        {
            return null;
        }

        badLine = 1;
        if (!text.StartsWith(Header))
        {
            return null;
        }

        var manifest = new Manifest(text.ToArray());
        ReadOnlySpan<byte> rest = text.Slice(Header.Length);
        while (rest.Length > 0)
        {
            badLine++;
            if (!TryReadLine(ref rest, out ManifestEntry entry) || !IsPath(entry.Path) || manifest.HasBefore(manifest.Count, entry.Path))
            {
                return null;
            }

            manifest.Count++;
        }

        badLine = 0;
        return manifest;
    }

    /// <summary>Looks a file up.</summary>
    /// <param name="path">Its path, in the spelling of the configuration.</param>
    /// <param name="entry">What the manifest says.</param>
    /// <returns>False when it is not in the manifest.</returns>
    public bool TryFind(ReadOnlySpan<char> path, out ManifestEntry entry)
    {
        ReadOnlySpan<byte> rest = _text.AsSpan(Header.Length);
        for (int i = 0; i < Count; i++)
        {
            if (TryReadLine(ref rest, out entry) && IsSame(entry.Path, path))
            {
                return true;
            }
        }

        entry = default;
        return false;
    }

    private static bool TryReadLine(scoped ref ReadOnlySpan<byte> rest, out ManifestEntry entry)
    {
        entry = default;
        int end = rest.IndexOf((byte)'\n');
        if (end < HashDigits + 6)
        {
            return false;
        }

        ReadOnlySpan<byte> line = rest.Slice(0, end);
        rest = rest.Slice(end + 1);
        ReadOnlySpan<byte> hash = line.Slice(0, HashDigits);
        line = line.Slice(HashDigits);
        if (!IsHex(hash) || !TrySkipBlanks(ref line) || !TryReadSize(ref line, out ulong size) || !TrySkipBlanks(ref line))
        {
            return false;
        }

        entry = new ManifestEntry(hash, size, line);
        return true;
    }

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        for (int i = 0; i < digits.Length; i++)
        {
            if (digits[i] is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySkipBlanks(scoped ref ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("  "u8))
        {
            return false;
        }

        line = line.Slice(2);
        return true;
    }

    private static bool TryReadSize(ref ReadOnlySpan<byte> line, out ulong size)
    {
        size = 0;
        int digits = 0;
        while (digits < line.Length && digits < MaxSizeDigits && line[digits] is >= (byte)'0' and <= (byte)'9')
        {
            size = (size * 10) + (uint)(line[digits++] - '0');
        }

        bool good = digits == 1 || (digits > 1 && line[0] != '0');
        line = line.Slice(digits);
        return good;
    }

    // From the root, with backslashes, no control characters, UTF-8.
    private static bool IsPath(ReadOnlySpan<byte> path)
    {
        int characters = 0;
        for (int i = 0; i < path.Length; characters++)
        {
            if (!Utf8Text.TryDecode(path.Slice(i), out int codePoint, out int length) || codePoint < ' ' || codePoint is 0x7F or '/')
            {
                return false;
            }

            i += length;
        }

        return path.Length > 1 && path[0] == '\\' && characters <= MaxPath;
    }

    // A file that is named twice could have two hashes.
    private bool HasBefore(int count, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> rest = _text.AsSpan(Header.Length);
        for (int i = 0; i < count; i++)
        {
            if (TryReadLine(ref rest, out ManifestEntry entry) && IsSame(entry.Path, path))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (FilePath.Fold((char)left[i]) != FilePath.Fold((char)right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSame(ReadOnlySpan<byte> utf8, ReadOnlySpan<char> path)
    {
        Span<byte> encoded = stackalloc byte[3 * (MaxPath + 1)];
        return path.Length <= MaxPath && IsSame(utf8, encoded.Slice(0, Utf8Text.Encode(path, encoded)));
    }
}
