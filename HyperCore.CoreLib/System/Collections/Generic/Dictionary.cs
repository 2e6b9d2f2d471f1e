using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>
/// A hash table with chains. Like every collection here it only grows: what it outgrows stays in the arena. Entries are enumerated in the
/// order they were added, as long as none was removed.
/// </summary>
public sealed class Dictionary<TKey, TValue>
    where TKey : notnull
{
    private const int FirstCapacity = 8;
    private const int None = -1;

    private int[] _buckets;
    private Entry[] _entries;
    private int _used;
    private int _free = None;
    private int _count;

    public Dictionary()
        : this(FirstCapacity)
    {
    }

    public Dictionary(int capacity)
    {
        int size = FirstCapacity;
        while (size < capacity)
        {
            size *= 2;
        }

        _entries = new Entry[size];
        _buckets = NewBuckets(size);
    }

    public int Count => _count;

    public TValue this[TKey key]
    {
        get
        {
            int index = Find(key);
            if (index == None)
            {
                ThrowHelper.ThrowKeyNotFound();
            }

            return _entries[index].Value;
        }

        set => Insert(key, value, overwrite: true);
    }

    public void Add(TKey key, TValue value)
    {
        if (!Insert(key, value, overwrite: false))
        {
            ThrowHelper.ThrowArgument("An item with the same key has already been added.");
        }
    }

    public bool TryAdd(TKey key, TValue value) => Insert(key, value, overwrite: false);

    public bool ContainsKey(TKey key) => Find(key) != None;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int index = Find(key);
        value = index == None ? default : _entries[index].Value;
        return index != None;
    }

    public bool Remove(TKey key)
    {
        int hash = key.GetHashCode();
        ref int link = ref _buckets[hash & (_buckets.Length - 1)];
        while (link != None)
        {
            ref Entry entry = ref _entries[link];
            if (entry.Hash == hash && EqualityComparer<TKey>.AreEqual(entry.Key, key))
            {
                int index = link;
                link = entry.Next;
                entry = default;
                entry.Next = _free;
                _free = index;
                _count--;
                return true;
            }

            link = ref entry.Next;
        }

        return false;
    }

    public void Clear()
    {
        Array.Clear(_entries);
        Array.Fill(_buckets, None);
        _used = 0;
        _free = None;
        _count = 0;
    }

    public Enumerator GetEnumerator() => new(this);

    private static int[] NewBuckets(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, None);
        return buckets;
    }

    private int Find(TKey key)
    {
        int hash = key.GetHashCode();
        int index = _buckets[hash & (_buckets.Length - 1)];
        while (index != None && !(_entries[index].Hash == hash && EqualityComparer<TKey>.AreEqual(_entries[index].Key, key)))
        {
            index = _entries[index].Next;
        }

        return index;
    }

    private bool Insert(TKey key, TValue value, bool overwrite)
    {
        int index = Find(key);
        if (index != None)
        {
            if (overwrite)
            {
                _entries[index].Value = value;
            }

            return overwrite;
        }

        index = _free;
        if (index != None)
        {
            _free = _entries[index].Next;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Grow();
            }

            index = _used++;
        }

        int hash = key.GetHashCode();
        ref Entry entry = ref _entries[index];
        entry.Hash = hash;
        entry.Key = key;
        entry.Value = value;
        entry.InUse = true;
        Link(index);
        _count++;
        return true;
    }

    private void Link(int index)
    {
        ref Entry entry = ref _entries[index];
        ref int bucket = ref _buckets[entry.Hash & (_buckets.Length - 1)];
        entry.Next = bucket;
        bucket = index;
    }

    private void Grow()
    {
        int size = _entries.Length * 2;
        var entries = new Entry[size];
        Array.Copy(_entries, entries, _used);
        _entries = entries;
        _buckets = NewBuckets(size);
        for (int i = 0; i < _used; i++)
        {
            Link(i);
        }
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public bool InUse;
        public TKey Key;
        public TValue Value;
    }

    public struct Enumerator
    {
        private readonly Dictionary<TKey, TValue> _dictionary;
        private int _index;

        internal Enumerator(Dictionary<TKey, TValue> dictionary)
        {
            _dictionary = dictionary;
            _index = -1;
        }

        public readonly KeyValuePair<TKey, TValue> Current => new(_dictionary._entries[_index].Key, _dictionary._entries[_index].Value);

        public bool MoveNext()
        {
            while (++_index < _dictionary._used)
            {
                if (_dictionary._entries[_index].InUse)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
