namespace System;

public readonly struct Int64 : IEquatable<long>, IComparable<long>
{
    public const long MinValue = -9223372036854775808;
    public const long MaxValue = 9223372036854775807;

    private readonly long _value;

    public bool Equals(long other) => _value == other;

    public int CompareTo(long other) => _value < other ? -1 : (_value > other ? 1 : 0);

    public override bool Equals(object? obj) => obj is long other && _value == other;

    public override int GetHashCode() => (int)_value ^ (int)(_value >> 32);
}
