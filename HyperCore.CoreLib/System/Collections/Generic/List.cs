namespace System.Collections.Generic;

/// <summary>A list that grows. What it outgrows stays in the arena: give a capacity where it is known.</summary>
public sealed class List<T> : IList<T>, IReadOnlyList<T>
{
    private const int FirstCapacity = 4;

    private T[] _items;
    private int _count;

    public List() => _items = Array.Empty<T>();

    public List(int capacity) => _items = capacity == 0 ? Array.Empty<T>() : new T[capacity];

    public int Count => _count;

    public bool IsReadOnly => false;

    public int Capacity
    {
        get => _items.Length;
        set
        {
            if (value < _count)
            {
                ThrowHelper.ThrowArgumentOutOfRange();
            }

            T[]? items = _items;
            Array.Resize(ref items, value);
            _items = items!;
        }
    }

    public T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
            {
                ThrowHelper.ThrowArgumentOutOfRange();
            }

            return _items[index];
        }

        set
        {
            if ((uint)index >= (uint)_count)
            {
                ThrowHelper.ThrowArgumentOutOfRange();
            }

            _items[index] = value;
        }
    }

    public void Add(T item)
    {
        if (_count == _items.Length)
        {
            Capacity = _count == 0 ? FirstCapacity : _count * 2;
        }

        _items[_count++] = item;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            Add(items[i]);
        }
    }

    public void AddRange(T[] items) => AddRange(new ReadOnlySpan<T>(items));

    public void Insert(int index, T item)
    {
        if ((uint)index > (uint)_count)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        if (_count == _items.Length)
        {
            Capacity = _count == 0 ? FirstCapacity : _count * 2;
        }

        Array.Copy(_items, index, _items, index + 1, _count - index);
        _items[index] = item;
        _count++;
    }

    public void RemoveAt(int index)
    {
        if ((uint)index >= (uint)_count)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        _count--;
        Array.Copy(_items, index + 1, _items, index, _count - index);
        _items[_count] = default!;
    }

    public bool Remove(T item)
    {
        int index = IndexOf(item);
        if (index < 0)
        {
            return false;
        }

        RemoveAt(index);
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items, 0, _count);
        _count = 0;
    }

    public int IndexOf(T item)
    {
        for (int i = 0; i < _count; i++)
        {
            if (EqualityComparer<T>.AreEqual(_items[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    public bool Contains(T item) => IndexOf(item) >= 0;

    public T? Find(Predicate<T> match)
    {
        int index = FindIndex(match);
        return index < 0 ? default : _items[index];
    }

    public int FindIndex(Predicate<T> match)
    {
        for (int i = 0; i < _count; i++)
        {
            if (match(_items[i]))
            {
                return i;
            }
        }

        return -1;
    }

    public void CopyTo(T[] array, int arrayIndex) => Array.Copy(_items, 0, array, arrayIndex, _count);

    public T[] ToArray()
    {
        var result = new T[_count];
        Array.Copy(_items, result, _count);
        return result;
    }

    /// <summary>Sorts in place by insertion: start-up lists are short.</summary>
    public void Sort(Comparison<T> comparison)
    {
        for (int i = 1; i < _count; i++)
        {
            T item = _items[i];
            int at = i;
            for (; at > 0 && comparison(_items[at - 1], item) > 0; at--)
            {
                _items[at] = _items[at - 1];
            }

            _items[at] = item;
        }
    }

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    internal Span<T> AsSpan() => new(_items, 0, _count);

    public struct Enumerator : IEnumerator<T>
    {
        private readonly List<T> _list;
        private int _index;

        internal Enumerator(List<T> list)
        {
            _list = list;
            _index = -1;
        }

        public readonly T Current => _list._items[_index];

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < _list._count;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
