using System.Collections;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public abstract unsafe class Array : IEnumerable
{
    // The compiler writes arrays in this layout.
    private readonly int _numComponents;

    public int Length
    {
        [Intrinsic]
        get => _numComponents;
    }

    public long LongLength
    {
        [Intrinsic]
        get => _numComponents;
    }

    internal uint ElementSize => m_pEEType->ComponentSize;

    public static T[] Empty<T>() => EmptyArray<T>.Value;

    /// <summary>Copies elements; the two may overlap. Both must hold the same kind of element.</summary>
    public static void Copy(Array sourceArray, Array destinationArray, int length) => Copy(sourceArray, 0, destinationArray, 0, length);

    public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)
    {
        if (length < 0 || sourceIndex < 0 || destinationIndex < 0
            || (uint)(sourceArray.Length - sourceIndex) < (uint)length || sourceIndex > sourceArray.Length
            || (uint)(destinationArray.Length - destinationIndex) < (uint)length || destinationIndex > destinationArray.Length)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        Internal.Runtime.MethodTable* source = sourceArray.m_pEEType->ElementMethodTable;
        Internal.Runtime.MethodTable* destination = destinationArray.m_pEEType->ElementMethodTable;
        if (source != destination && (source->IsValueType || destination->IsValueType || !TypeCast.IsAssignable(source, destination)))
        {
            ThrowHelper.ThrowArrayTypeMismatch();
        }

        nuint size = sourceArray.ElementSize;
        SpanHelpers.Memmove(
            ref Unsafe.Add(ref destinationArray.GetRawArrayData(), (nuint)destinationIndex * size),
            ref Unsafe.Add(ref sourceArray.GetRawArrayData(), (nuint)sourceIndex * size),
            (nuint)length * size);
    }

    public static void Clear(Array array) => SpanHelpers.ClearWithoutReferences(ref array.GetRawArrayData(), (nuint)array.Length * array.ElementSize);

    public static void Clear(Array array, int index, int length)
    {
        if (index < 0 || length < 0 || index > array.Length || length > array.Length - index)
        {
            ThrowHelper.ThrowIndexOutOfRange();
        }

        SpanHelpers.ClearWithoutReferences(ref Unsafe.Add(ref array.GetRawArrayData(), (nuint)index * array.ElementSize), (nuint)length * array.ElementSize);
    }

    public static void Resize<T>(ref T[]? array, int newSize)
    {
        if (newSize < 0)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        T[]? old = array;
        if (old == null || old.Length != newSize)
        {
            var result = new T[newSize];
            if (old != null)
            {
                Copy(old, result, Math.Min(old.Length, newSize));
            }

            array = result;
        }
    }

    public static void Fill<T>(T[] array, T value) => new Span<T>(array).Fill(value);

    public static void Fill<T>(T[] array, T value, int startIndex, int count) => new Span<T>(array, startIndex, count).Fill(value);

    public static int IndexOf<T>(T[] array, T value)
    {
        for (int i = 0; i < array.Length; i++)
        {
            if (Collections.Generic.EqualityComparer<T>.AreEqual(array[i], value))
            {
                return i;
            }
        }

        return -1;
    }

    public static void Reverse<T>(T[] array) => new Span<T>(array).Reverse();

    public int GetLength(int dimension) => dimension == 0 ? Length : 0;

    public void CopyTo(Array array, int index) => Copy(this, 0, array, index, Length);

    IEnumerator IEnumerable.GetEnumerator()
    {
        ThrowHelper.ThrowInvalidOperation("Arrays are enumerated with their type here.");
        return null!;
    }

    internal ref byte GetRawArrayData() => ref Unsafe.Add(ref GetRawData(), sizeof(nint));

    private static class EmptyArray<T>
    {
        internal static readonly T[] Value = new T[0];
    }
}
