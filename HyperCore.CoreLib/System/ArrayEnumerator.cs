using System.Collections;
using System.Collections.Generic;

namespace System;

/// <summary>Walks an array.</summary>
internal sealed class ArrayEnumerator<T> : IEnumerator<T>
{
    private readonly T[] _array;
    private int _index = -1;

    public ArrayEnumerator(T[] array) => _array = array;

    public T Current => _array[_index];

    object? IEnumerator.Current => _array[_index];

    public bool MoveNext() => ++_index < _array.Length;

    public void Reset() => _index = -1;

    public void Dispose()
    {
    }
}
