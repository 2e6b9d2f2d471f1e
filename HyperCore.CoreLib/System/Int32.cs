namespace System;

public readonly struct Int32 : IEquatable<int>, IComparable<int>
{
    public const int MinValue = -2147483648;
    public const int MaxValue = 2147483647;

    private readonly int _value;

    public bool Equals(int other) => _value == other;

    public int CompareTo(int other) => _value < other ? -1 : (_value > other ? 1 : 0);

    public override bool Equals(object? obj) => obj is int other && _value == other;

    public override int GetHashCode() => _value;
}
