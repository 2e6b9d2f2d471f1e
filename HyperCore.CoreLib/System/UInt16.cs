namespace System;

public readonly struct UInt16 : IEquatable<ushort>, IComparable<ushort>
{
    public const ushort MinValue = 0;
    public const ushort MaxValue = 65535;

    private readonly ushort _value;

    public bool Equals(ushort other) => _value == other;

    public int CompareTo(ushort other) => _value - other;

    public override bool Equals(object? obj) => obj is ushort other && _value == other;

    public override int GetHashCode() => _value;
}
