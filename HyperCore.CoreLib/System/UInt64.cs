namespace System;

public readonly struct UInt64 : IEquatable<ulong>, IComparable<ulong>
{
    public const ulong MinValue = 0;
    public const ulong MaxValue = 18446744073709551615;

    private readonly ulong _value;

    public bool Equals(ulong other) => _value == other;

    public int CompareTo(ulong other) => _value < other ? -1 : (_value > other ? 1 : 0);

    public override bool Equals(object? obj) => obj is ulong other && _value == other;

    public override int GetHashCode() => (int)_value ^ (int)(_value >> 32);
}
