namespace System;

public readonly struct UInt32 : IEquatable<uint>, IComparable<uint>
{
    public const uint MinValue = 0;
    public const uint MaxValue = 4294967295;

    private readonly uint _value;

    public bool Equals(uint other) => _value == other;

    public int CompareTo(uint other) => _value < other ? -1 : (_value > other ? 1 : 0);

    public override bool Equals(object? obj) => obj is uint other && _value == other;

    public override int GetHashCode() => (int)_value;
}
