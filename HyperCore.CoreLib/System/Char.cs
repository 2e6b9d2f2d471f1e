namespace System;

public readonly struct Char : IEquatable<char>, IComparable<char>
{
    public const char MinValue = '\0';
    public const char MaxValue = '\uFFFF';

    private readonly char _value;

    public static bool IsAsciiDigit(char c) => (uint)(c - '0') <= 9;

    public static bool IsAsciiLetter(char c) => (uint)((c | 0x20) - 'a') <= 'z' - 'a';

    public static bool IsAsciiLetterLower(char c) => (uint)(c - 'a') <= 'z' - 'a';

    public static bool IsAsciiLetterUpper(char c) => (uint)(c - 'A') <= 'Z' - 'A';

    public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);

    public static bool IsAsciiHexDigit(char c) => IsAsciiDigit(c) || (uint)((c | 0x20) - 'a') <= 'f' - 'a';

    public static bool IsAscii(char c) => c < 0x80;

    /// <summary>The white space of ASCII and Latin-1; nothing here reads other scripts.</summary>
    public static bool IsWhiteSpace(char c) => c == ' ' || (uint)(c - '\t') <= '\r' - '\t' || c == '\u0085' || c == '\u00A0';

    public bool Equals(char other) => _value == other;

    public int CompareTo(char other) => _value - other;

    public override bool Equals(object? obj) => obj is char other && _value == other;

    public override int GetHashCode() => _value;
}
