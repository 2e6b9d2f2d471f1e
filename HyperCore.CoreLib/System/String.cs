using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public sealed unsafe class String : IEquatable<string>
{
    public static readonly string Empty = "";

    // The compiler writes literals in this layout.
    private readonly int _stringLength;
    private char _firstChar;

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[]? value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(ReadOnlySpan<char> value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char* value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char c, int count);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[] value, int startIndex, int length);

    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
            {
                ThrowHelper.ThrowIndexOutOfRange();
            }

            return Unsafe.Add(ref _firstChar, index);
        }
    }

    internal ref char FirstChar => ref _firstChar;

    public ref readonly char GetPinnableReference() => ref _firstChar;

    public static bool IsNullOrEmpty([NotNullWhen(false)] string? value) => value == null || value.Length == 0;

    public override string ToString() => this;

    public bool Equals(string? other) => Equals(this, other);

    public override bool Equals(object? obj) => obj is string other && Equals(this, other);

    public static bool Equals(string? left, string? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return left != null && right != null && left.Length == right.Length
            && SpanHelpers.SequenceEqual(ref Unsafe.As<char, byte>(ref left._firstChar), ref Unsafe.As<char, byte>(ref right._firstChar), (nuint)left.Length * sizeof(char));
    }

    public static bool operator ==(string? left, string? right) => Equals(left, right);

    public static bool operator !=(string? left, string? right) => !Equals(left, right);

    /// <summary>FNV-1a over the characters.</summary>
    public override int GetHashCode()
    {
        uint hash = 2166136261;
        for (int i = 0; i < _stringLength; i++)
        {
            hash = (hash ^ Unsafe.Add(ref _firstChar, i)) * 16777619;
        }

        return (int)hash;
    }

    public CharEnumerator GetEnumerator() => new(this);

    public static implicit operator ReadOnlySpan<char>(string? value) => value == null ? default : new ReadOnlySpan<char>(ref value._firstChar, value.Length);

    public string Substring(int startIndex) => Substring(startIndex, Length - startIndex);

    public string Substring(int startIndex, int length)
    {
        ReadOnlySpan<char> part = this.AsSpan(startIndex, length);
        return length == Length ? this : Ctor(part);
    }

    public static string Concat(string? first, string? second) => Concat((ReadOnlySpan<char>)first, second);

    public static string Concat(string? first, string? second, string? third) => Concat((ReadOnlySpan<char>)first, second, third);

    public static string Concat(string? first, string? second, string? third, string? fourth) => Concat((ReadOnlySpan<char>)first, second, third, fourth);

    public static string Concat(params string?[] values)
    {
        int length = 0;
        for (int i = 0; i < values.Length; i++)
        {
            length += values[i]?.Length ?? 0;
        }

        string result = FastAllocateString(length);
        Span<char> rest = result.AsWritableSpan();
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<char> value = values[i];
            value.CopyTo(rest);
            rest = rest.Slice(value.Length);
        }

        return result;
    }

    public static string Concat(ReadOnlySpan<char> first, ReadOnlySpan<char> second) => Concat(first, second, default, default);

    public static string Concat(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> third) => Concat(first, second, third, default);

    public static string Concat(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> third, ReadOnlySpan<char> fourth)
    {
        string result = FastAllocateString(first.Length + second.Length + third.Length + fourth.Length);
        Span<char> rest = result.AsWritableSpan();
        first.CopyTo(rest);
        rest = rest.Slice(first.Length);
        second.CopyTo(rest);
        rest = rest.Slice(second.Length);
        third.CopyTo(rest);
        fourth.CopyTo(rest.Slice(third.Length));
        return result;
    }

    public bool StartsWith(char value) => Length > 0 && _firstChar == value;

    public bool EndsWith(char value) => Length > 0 && this[Length - 1] == value;

    public int IndexOf(char value) => this.AsSpan().IndexOf(value);

    public bool Contains(char value) => IndexOf(value) >= 0;

    public char[] ToCharArray()
    {
        var result = new char[Length];
        this.AsSpan().CopyTo(result);
        return result;
    }

    /// <summary>A string of zero characters, to be filled before anyone else sees it.</summary>
    internal static string FastAllocateString(int length)
    {
        if (length < 0)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return length == 0 ? "" : RuntimeExports.NewString("".m_pEEType, length);
    }

    /// <summary>
    /// Puts <paramref name="arg0"/>, when it is a string, in place of every <c>{0}</c>; anything else appears as <c>?</c>, because asking any
    /// object for its text would bring the text of every type into the image. Formats and alignments are not supported.
    /// </summary>
    public static string Format(string format, object? arg0)
    {
        string value = arg0 as string ?? "?";
        string result = "";
        int start = 0;
        for (int i = 0; i + 2 < format.Length; i++)
        {
            if (format[i] == '{' && format[i + 1] == '0' && format[i + 2] == '}')
            {
                result = Concat(result, format.Substring(start, i - start), value);
                start = i + 3;
                i += 2;
            }
        }

        return Concat(result, format.Substring(start, format.Length - start));
    }

    internal Span<char> AsWritableSpan() => new(ref _firstChar, _stringLength);

    // "new string(...)" is compiled as a call of the Ctor with the same arguments.
    private static string Ctor(char[]? value) => Ctor(new ReadOnlySpan<char>(value));

    private static string Ctor(char[] value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value, startIndex, length));

    private static string Ctor(ReadOnlySpan<char> value)
    {
        string result = FastAllocateString(value.Length);
        value.CopyTo(result.AsWritableSpan());
        return result;
    }

    private static string Ctor(char* value)
    {
        int length = 0;
        while (value != null && value[length] != 0)
        {
            length++;
        }

        return Ctor(new ReadOnlySpan<char>(value, length));
    }

    private static string Ctor(char c, int count)
    {
        string result = FastAllocateString(count);
        result.AsWritableSpan().Fill(c);
        return result;
    }
}
