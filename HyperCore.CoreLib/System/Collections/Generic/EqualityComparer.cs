using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>Equality of generic code: what the type itself says, through IEquatable or Equals.</summary>
public class EqualityComparer<T> : IEqualityComparer<T>
{
    private EqualityComparer()
    {
    }

    public static EqualityComparer<T> Default { get; } = new();

    public bool Equals(T? x, T? y) => AreEqual(x, y);

    public int GetHashCode([DisallowNull] T obj) => obj.GetHashCode();

    // The compiler compiles generic code for each value type by itself, knows these sizes and types, and drops what does not apply;
    // so the usual keys are compared in place, without a box.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(T? left, T? right)
    {
        if (default(T) is null)
        {
            return left == null ? right == null : left.Equals(right);
        }

        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
        {
            return Unsafe.As<T, int>(ref left!) == Unsafe.As<T, int>(ref right!);
        }

        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || typeof(T) == typeof(nint) || typeof(T) == typeof(nuint))
        {
            return Unsafe.As<T, long>(ref left!) == Unsafe.As<T, long>(ref right!);
        }

        if (typeof(T) == typeof(short) || typeof(T) == typeof(ushort) || typeof(T) == typeof(char))
        {
            return Unsafe.As<T, short>(ref left!) == Unsafe.As<T, short>(ref right!);
        }

        if (typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(bool))
        {
            return Unsafe.As<T, byte>(ref left!) == Unsafe.As<T, byte>(ref right!);
        }

        return left is IEquatable<T> equatable ? equatable.Equals(right) : left!.Equals(right);
    }
}
