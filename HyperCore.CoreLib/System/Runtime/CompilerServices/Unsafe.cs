namespace System.Runtime.CompilerServices;

// The compiler replaces these bodies. What is written here is what they mean, as far as C# can say it.
public static unsafe class Unsafe
{
    [Intrinsic]
    public static void* AsPointer<T>(ref readonly T value)
        where T : allows ref struct
        => AsPointer(in value);

    [Intrinsic]
    public static int SizeOf<T>()
        where T : allows ref struct
        => sizeof(T);

    [Intrinsic]
    public static T As<T>(object? value)
        where T : class?
        => As<T>(value);

    [Intrinsic]
    public static ref TTo As<TFrom, TTo>(ref TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct
        => ref As<TFrom, TTo>(ref source);

    [Intrinsic]
    public static ref T AsRef<T>(void* source)
        where T : allows ref struct
        => ref *(T*)source;

    [Intrinsic]
    public static ref T AsRef<T>(scoped ref readonly T source)
        where T : allows ref struct
        => ref AsRef(in source);

    [Intrinsic]
    public static ref T Add<T>(ref T source, int elementOffset)
        where T : allows ref struct
        => ref Add(ref source, elementOffset);

    [Intrinsic]
    public static ref T Add<T>(ref T source, nint elementOffset)
        where T : allows ref struct
        => ref Add(ref source, elementOffset);

    [Intrinsic]
    public static ref T Add<T>(ref T source, nuint elementOffset)
        where T : allows ref struct
        => ref Add(ref source, elementOffset);

    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nint byteOffset)
        where T : allows ref struct
        => ref AddByteOffset(ref source, byteOffset);

    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nuint byteOffset)
        where T : allows ref struct
        => ref AddByteOffset(ref source, byteOffset);

    [Intrinsic]
    public static ref T Subtract<T>(ref T source, int elementOffset)
        where T : allows ref struct
        => ref Subtract(ref source, elementOffset);

    [Intrinsic]
    public static nint ByteOffset<T>(ref readonly T origin, ref readonly T target)
        where T : allows ref struct
        => ByteOffset(in origin, in target);

    [Intrinsic]
    public static bool AreSame<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct
        => AreSame(in left, in right);

    [Intrinsic]
    public static bool IsAddressLessThan<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct
        => IsAddressLessThan(in left, in right);

    [Intrinsic]
    public static bool IsNullRef<T>(ref readonly T source)
        where T : allows ref struct
        => AsPointer(in source) == null;

    [Intrinsic]
    public static ref T NullRef<T>()
        where T : allows ref struct
        => ref AsRef<T>(null);

    [Intrinsic]
    public static T ReadUnaligned<T>(void* source)
        where T : allows ref struct
        => *(T*)source;

    [Intrinsic]
    public static T ReadUnaligned<T>(ref readonly byte source)
        where T : allows ref struct
        => As<byte, T>(ref AsRef(in source));

    [Intrinsic]
    public static void WriteUnaligned<T>(void* destination, T value)
        where T : allows ref struct
        => *(T*)destination = value;

    [Intrinsic]
    public static void WriteUnaligned<T>(ref byte destination, T value)
        where T : allows ref struct
        => As<byte, T>(ref destination) = value;

    [Intrinsic]
    public static void SkipInit<T>(out T value)
        where T : allows ref struct
        => SkipInit(out value);

    public static void CopyBlock(ref byte destination, ref readonly byte source, uint byteCount) => SpanHelpers.Memmove(ref destination, ref AsRef(in source), byteCount);

    public static void InitBlock(ref byte startAddress, byte value, uint byteCount) => SpanHelpers.Fill(ref startAddress, value, byteCount);
}
