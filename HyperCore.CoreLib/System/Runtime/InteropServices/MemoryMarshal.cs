using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

public static unsafe class MemoryMarshal
{
    [Intrinsic]
    public static ref T GetArrayDataReference<T>(T[] array) => ref Unsafe.As<byte, T>(ref array.GetRawArrayData());

    public static ref T GetReference<T>(Span<T> span) => ref span.Reference;

    public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span.Reference;

    public static Span<T> CreateSpan<T>(scoped ref T reference, int length) => new(ref Unsafe.AsRef(in reference), length);

    public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) => new(ref Unsafe.AsRef(in reference), length);

    public static Span<byte> AsBytes<T>(Span<T> span)
        where T : struct
        => new(ref Unsafe.As<T, byte>(ref span.Reference), checked(span.Length * sizeof(T)));

    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span)
        where T : struct
        => new(ref Unsafe.As<T, byte>(ref span.Reference), checked(span.Length * sizeof(T)));

    public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span)
        where TFrom : struct
        where TTo : struct
        => new(ref Unsafe.As<TFrom, TTo>(ref span.Reference), (int)((ulong)(uint)span.Length * (ulong)sizeof(TFrom) / (ulong)sizeof(TTo)));

    public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span)
        where TFrom : struct
        where TTo : struct
        => new(ref Unsafe.As<TFrom, TTo>(ref span.Reference), (int)((ulong)(uint)span.Length * (ulong)sizeof(TFrom) / (ulong)sizeof(TTo)));

    public static T Read<T>(ReadOnlySpan<byte> source)
        where T : struct
    {
        if (source.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return Unsafe.ReadUnaligned<T>(ref source.Reference);
    }

    public static bool TryRead<T>(ReadOnlySpan<byte> source, out T value)
        where T : struct
    {
        if (source.Length < sizeof(T))
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(ref source.Reference);
        return true;
    }

    public static void Write<T>(Span<byte> destination, in T value)
        where T : struct
    {
        if (destination.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        Unsafe.WriteUnaligned(ref destination.Reference, value);
    }

    public static bool TryWrite<T>(Span<byte> destination, in T value)
        where T : struct
    {
        if (destination.Length < sizeof(T))
        {
            return false;
        }

        Unsafe.WriteUnaligned(ref destination.Reference, value);
        return true;
    }

    public static ref T AsRef<T>(Span<byte> span)
        where T : struct
    {
        if (span.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return ref Unsafe.As<byte, T>(ref span.Reference);
    }

    public static ref readonly T AsRef<T>(ReadOnlySpan<byte> span)
        where T : struct
    {
        if (span.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return ref Unsafe.As<byte, T>(ref span.Reference);
    }
}
