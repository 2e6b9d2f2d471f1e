using System.Collections.Generic;

namespace System;

public struct ValueTuple<T1, T2> : IEquatable<ValueTuple<T1, T2>>
{
    public T1 Item1;
    public T2 Item2;

    public ValueTuple(T1 item1, T2 item2)
    {
        Item1 = item1;
        Item2 = item2;
    }

    public readonly bool Equals(ValueTuple<T1, T2> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        return hash;
    }
}

public struct ValueTuple<T1, T2, T3> : IEquatable<ValueTuple<T1, T2, T3>>
{
    public T1 Item1;
    public T2 Item2;
    public T3 Item3;

    public ValueTuple(T1 item1, T2 item2, T3 item3)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
    }

    public readonly bool Equals(ValueTuple<T1, T2, T3> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2)
            && EqualityComparer<T3>.AreEqual(Item3, other.Item3);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item3?.GetHashCode() ?? 0);
        return hash;
    }
}

public struct ValueTuple<T1, T2, T3, T4> : IEquatable<ValueTuple<T1, T2, T3, T4>>
{
    public T1 Item1;
    public T2 Item2;
    public T3 Item3;
    public T4 Item4;

    public ValueTuple(T1 item1, T2 item2, T3 item3, T4 item4)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
        Item4 = item4;
    }

    public readonly bool Equals(ValueTuple<T1, T2, T3, T4> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2)
            && EqualityComparer<T3>.AreEqual(Item3, other.Item3)
            && EqualityComparer<T4>.AreEqual(Item4, other.Item4);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item3?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item4?.GetHashCode() ?? 0);
        return hash;
    }
}

public struct ValueTuple<T1, T2, T3, T4, T5> : IEquatable<ValueTuple<T1, T2, T3, T4, T5>>
{
    public T1 Item1;
    public T2 Item2;
    public T3 Item3;
    public T4 Item4;
    public T5 Item5;

    public ValueTuple(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
        Item4 = item4;
        Item5 = item5;
    }

    public readonly bool Equals(ValueTuple<T1, T2, T3, T4, T5> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2)
            && EqualityComparer<T3>.AreEqual(Item3, other.Item3)
            && EqualityComparer<T4>.AreEqual(Item4, other.Item4)
            && EqualityComparer<T5>.AreEqual(Item5, other.Item5);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item3?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item4?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item5?.GetHashCode() ?? 0);
        return hash;
    }
}

public struct ValueTuple<T1, T2, T3, T4, T5, T6> : IEquatable<ValueTuple<T1, T2, T3, T4, T5, T6>>
{
    public T1 Item1;
    public T2 Item2;
    public T3 Item3;
    public T4 Item4;
    public T5 Item5;
    public T6 Item6;

    public ValueTuple(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
        Item4 = item4;
        Item5 = item5;
        Item6 = item6;
    }

    public readonly bool Equals(ValueTuple<T1, T2, T3, T4, T5, T6> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2)
            && EqualityComparer<T3>.AreEqual(Item3, other.Item3)
            && EqualityComparer<T4>.AreEqual(Item4, other.Item4)
            && EqualityComparer<T5>.AreEqual(Item5, other.Item5)
            && EqualityComparer<T6>.AreEqual(Item6, other.Item6);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5, T6> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item3?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item4?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item5?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item6?.GetHashCode() ?? 0);
        return hash;
    }
}

public struct ValueTuple<T1, T2, T3, T4, T5, T6, T7> : IEquatable<ValueTuple<T1, T2, T3, T4, T5, T6, T7>>
{
    public T1 Item1;
    public T2 Item2;
    public T3 Item3;
    public T4 Item4;
    public T5 Item5;
    public T6 Item6;
    public T7 Item7;

    public ValueTuple(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
        Item4 = item4;
        Item5 = item5;
        Item6 = item6;
        Item7 = item7;
    }

    public readonly bool Equals(ValueTuple<T1, T2, T3, T4, T5, T6, T7> other)
        => EqualityComparer<T1>.AreEqual(Item1, other.Item1)
            && EqualityComparer<T2>.AreEqual(Item2, other.Item2)
            && EqualityComparer<T3>.AreEqual(Item3, other.Item3)
            && EqualityComparer<T4>.AreEqual(Item4, other.Item4)
            && EqualityComparer<T5>.AreEqual(Item5, other.Item5)
            && EqualityComparer<T6>.AreEqual(Item6, other.Item6)
            && EqualityComparer<T7>.AreEqual(Item7, other.Item7);

    public override readonly bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5, T6, T7> other && Equals(other);

    public override readonly int GetHashCode()
    {
        int hash = 17;
        hash = (hash * 31) + (Item1?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item2?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item3?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item4?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item5?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item6?.GetHashCode() ?? 0);
        hash = (hash * 31) + (Item7?.GetHashCode() ?? 0);
        return hash;
    }
}
