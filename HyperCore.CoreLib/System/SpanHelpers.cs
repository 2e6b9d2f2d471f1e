using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Bulk work on memory. Written as plain loops over words: image and start-up size matter more here than the last cycle.</summary>
internal static unsafe class SpanHelpers
{
    [RuntimeImport("*", "memmove")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* MemoryMove(void* destination, void* source, nuint length);

    [RuntimeImport("*", "memset")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* MemorySet(void* destination, int value, nuint length);

    public static void Memmove(ref byte destination, ref byte source, nuint length) => MemoryMove(Unsafe.AsPointer(ref destination), Unsafe.AsPointer(ref source), length);

    public static void Memmove<T>(ref T destination, ref T source, nuint count) => MemoryMove(Unsafe.AsPointer(ref destination), Unsafe.AsPointer(ref source), count * (nuint)sizeof(T));

    public static void ClearWithoutReferences(ref byte destination, nuint length) => MemorySet(Unsafe.AsPointer(ref destination), 0, length);

    public static void Fill(ref byte destination, byte value, nuint length) => MemorySet(Unsafe.AsPointer(ref destination), value, length);

    public static void FillElements<T>(ref T destination, nuint count, T value)
    {
        if (sizeof(T) == 1)
        {
            Fill(ref Unsafe.As<T, byte>(ref destination), Unsafe.As<T, byte>(ref value), count);
            return;
        }

        for (nuint i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, i) = value;
        }
    }

    public static bool SequenceEqual(ref byte left, ref byte right, nuint length)
    {
        nuint i = 0;
        for (; length - i >= 8; i += 8)
        {
            if (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref left, i)) != Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref right, i)))
            {
                return false;
            }
        }

        for (; i < length; i++)
        {
            if (Unsafe.Add(ref left, i) != Unsafe.Add(ref right, i))
            {
                return false;
            }
        }

        return true;
    }
}
