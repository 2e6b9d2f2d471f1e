using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>What arrays of T implement beside <see cref="Array"/>; the compiler gives these methods to them.</summary>
internal class Array<T> : Array, IList<T>, IReadOnlyList<T>
{
    int ICollection<T>.Count => Length;

    bool ICollection<T>.IsReadOnly => true;

    int IReadOnlyCollection<T>.Count => Length;

    T IReadOnlyList<T>.this[int index] => Unsafe.As<T[]>(this)[index];

    T IList<T>.this[int index]
    {
        get => Unsafe.As<T[]>(this)[index];
        set => Unsafe.As<T[]>(this)[index] = value;
    }

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new ArrayEnumerator<T>(Unsafe.As<T[]>(this));

    IEnumerator IEnumerable.GetEnumerator() => new ArrayEnumerator<T>(Unsafe.As<T[]>(this));

    int IList<T>.IndexOf(T item) => IndexOf(Unsafe.As<T[]>(this), item);

    bool ICollection<T>.Contains(T item) => IndexOf(Unsafe.As<T[]>(this), item) >= 0;

    void ICollection<T>.CopyTo(T[] array, int arrayIndex) => Copy(this, 0, array, arrayIndex, Length);

    void ICollection<T>.Add(T item) => ThrowFixedSize();

    void ICollection<T>.Clear() => ThrowFixedSize();

    bool ICollection<T>.Remove(T item)
    {
        ThrowFixedSize();
        return false;
    }

    void IList<T>.Insert(int index, T item) => ThrowFixedSize();

    void IList<T>.RemoveAt(int index) => ThrowFixedSize();

    private static void ThrowFixedSize() => throw new NotSupportedException("Collection was of a fixed size.");
}
