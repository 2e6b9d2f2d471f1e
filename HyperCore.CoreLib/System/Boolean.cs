namespace System;

public readonly struct Boolean : IEquatable<bool>, IComparable<bool>
{
    private readonly bool _value;

    public bool Equals(bool other) => _value == other;

    public int CompareTo(bool other) => _value == other ? 0 : (_value ? 1 : -1);

    public override bool Equals(object? obj) => obj is bool other && _value == other;

    public override int GetHashCode() => _value ? 1 : 0;
}
