namespace System;

public readonly struct SByte : IEquatable<sbyte>, IComparable<sbyte>
{
    public const sbyte MinValue = -128;
    public const sbyte MaxValue = 127;

    private readonly sbyte _value;

    public bool Equals(sbyte other) => _value == other;

    public int CompareTo(sbyte other) => _value - other;

    public override bool Equals(object? obj) => obj is sbyte other && _value == other;

    public override int GetHashCode() => _value;
}
