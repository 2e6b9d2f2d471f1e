using System;

namespace HyperCore.Core.Trust;

/// <summary>Hashes as people and manifests write them: lower-case hexadecimal.</summary>
public static class HexText
{
    /// <summary>Writes bytes as ASCII digits.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="digits">Gets two for each.</param>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            digits[2 * i] = Digit(bytes[i] >> 4);
            digits[(2 * i) + 1] = Digit(bytes[i] & 0xF);
        }
    }

    /// <summary>Bytes as a string.</summary>
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[2 * bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = (char)Digit(bytes[i] >> 4);
            text[(2 * i) + 1] = (char)Digit(bytes[i] & 0xF);
        }

        return new string(text);
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
