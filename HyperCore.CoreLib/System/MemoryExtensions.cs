using System.Runtime.CompilerServices;

namespace System;

public static class MemoryExtensions
{
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    public static Span<T> AsSpan<T>(this T[]? array, int start) => new(array, start, (array == null ? 0 : array.Length) - start);

    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new(array, start, length);

    // The compiler calls this wherever a string becomes a span, so it must not convert itself.
    public static ReadOnlySpan<char> AsSpan(this string? text) => text == null ? default : new ReadOnlySpan<char>(ref text.FirstChar, text.Length);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start) => AsSpan(text).Slice(start);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start, int length) => AsSpan(text).Slice(start, length);

    public static bool SequenceEqual<T>(this Span<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>
        => SequenceEqual((ReadOnlySpan<T>)span, other);

    public static bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>
    {
        if (span.Length != other.Length)
        {
            return false;
        }

        for (int i = 0; i < span.Length; i++)
        {
            if (!span[i].Equals(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool StartsWith<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
        => StartsWith((ReadOnlySpan<T>)span, value);

    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
        => value.Length <= span.Length && SequenceEqual(span.Slice(0, value.Length), value);

    public static bool StartsWith<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
        => span.Length != 0 && span[0].Equals(value);

    public static bool EndsWith<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
        => EndsWith((ReadOnlySpan<T>)span, value);

    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
        => value.Length <= span.Length && SequenceEqual(span.Slice(span.Length - value.Length), value);

    public static bool EndsWith<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
        => span.Length != 0 && span[span.Length - 1].Equals(value);

    public static int IndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T>
        => IndexOf((ReadOnlySpan<T>)span, value);

    public static int IndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (span[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOf<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
        => IndexOf((ReadOnlySpan<T>)span, value);

    public static int IndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
    {
        for (int i = 0; i <= span.Length - value.Length; i++)
        {
            if (SequenceEqual(span.Slice(i, value.Length), value))
            {
                return i;
            }
        }

        return -1;
    }

    public static int LastIndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T>
        => LastIndexOf((ReadOnlySpan<T>)span, value);

    public static int LastIndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        for (int i = span.Length - 1; i >= 0; i--)
        {
            if (span[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, T value0, T value1)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (span[i].Equals(value0) || span[i].Equals(value1))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> values)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (IndexOf(values, span[i]) >= 0)
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOfAnyExcept<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (!span[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOfAnyExcept<T>(this Span<T> span, T value)
        where T : IEquatable<T>
        => IndexOfAnyExcept((ReadOnlySpan<T>)span, value);

    public static bool Contains<T>(this Span<T> span, T value)
        where T : IEquatable<T>
        => IndexOf((ReadOnlySpan<T>)span, value) >= 0;

    public static bool Contains<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
        => IndexOf(span, value) >= 0;

    public static int Count<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        int count = 0;
        for (int i = 0; i < span.Length; i++)
        {
            if (span[i].Equals(value))
            {
                count++;
            }
        }

        return count;
    }

    public static int SequenceCompareTo<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IComparable<T>
    {
        int length = Math.Min(span.Length, other.Length);
        for (int i = 0; i < length; i++)
        {
            int order = span[i].CompareTo(other[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return span.Length.CompareTo(other.Length);
    }

    public static void Reverse<T>(this Span<T> span)
    {
        for (int i = 0, j = span.Length - 1; i < j; i++, j--)
        {
            (span[i], span[j]) = (span[j], span[i]);
        }
    }

    public static void CopyTo<T>(this T[]? source, Span<T> destination) => new ReadOnlySpan<T>(source).CopyTo(destination);

    public static ReadOnlySpan<char> Trim(this ReadOnlySpan<char> span) => TrimEnd(TrimStart(span));

    public static ReadOnlySpan<char> TrimStart(this ReadOnlySpan<char> span)
    {
        int start = 0;
        while (start < span.Length && char.IsWhiteSpace(span[start]))
        {
            start++;
        }

        return span.Slice(start);
    }

    public static ReadOnlySpan<char> TrimEnd(this ReadOnlySpan<char> span)
    {
        int end = span.Length;
        while (end > 0 && char.IsWhiteSpace(span[end - 1]))
        {
            end--;
        }

        return span.Slice(0, end);
    }

    public static ReadOnlySpan<T> Trim<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
        => TrimEnd(TrimStart(span, value), value);

    public static ReadOnlySpan<T> TrimStart<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        int start = 0;
        while (start < span.Length && span[start].Equals(value))
        {
            start++;
        }

        return span.Slice(start);
    }

    public static ReadOnlySpan<T> TrimEnd<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        int end = span.Length;
        while (end > 0 && span[end - 1].Equals(value))
        {
            end--;
        }

        return span.Slice(0, end);
    }

    public static bool Overlaps<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
    {
        if (span.IsEmpty || other.IsEmpty)
        {
            return false;
        }

        nint distance = Unsafe.ByteOffset(ref span.Reference, ref other.Reference);
        return (nuint)distance < (nuint)((nint)span.Length * Unsafe.SizeOf<T>()) || (nuint)(-distance) < (nuint)((nint)other.Length * Unsafe.SizeOf<T>());
    }
}
