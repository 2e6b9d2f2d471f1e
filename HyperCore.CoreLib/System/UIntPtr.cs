using System.Runtime.CompilerServices;

namespace System;

public readonly unsafe struct UIntPtr : IEquatable<nuint>, IComparable<nuint>
{
    private readonly void* _value;

    [Intrinsic]
    public UIntPtr(void* value) => _value = value;

    [Intrinsic]
    public UIntPtr(uint value) => _value = (void*)value;

    [Intrinsic]
    public UIntPtr(ulong value) => _value = (void*)value;

    public static nuint Zero => 0;

    public static int Size => sizeof(void*);

    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    public static nuint MinValue => unchecked((nuint)ulong.MinValue);

    [Intrinsic]
    public void* ToPointer() => _value;

    [Intrinsic]
    public ulong ToUInt64() => (ulong)_value;

    [Intrinsic]
    public static explicit operator nuint(void* value) => new(value);

    [Intrinsic]
    public static explicit operator void*(nuint value) => value.ToPointer();

    [Intrinsic]
    public static explicit operator nuint(ulong value) => new(value);

    [Intrinsic]
    public static explicit operator ulong(nuint value) => (ulong)value.ToPointer();

    [Intrinsic]
    public static explicit operator uint(nuint value) => unchecked((uint)(ulong)value.ToPointer());

    [Intrinsic]
    public static bool operator ==(UIntPtr left, UIntPtr right) => left._value == right._value;

    [Intrinsic]
    public static bool operator !=(UIntPtr left, UIntPtr right) => left._value != right._value;

    public bool Equals(nuint other) => _value == (void*)other;

    public int CompareTo(nuint other) => (ulong)_value < (ulong)other ? -1 : ((ulong)_value > (ulong)other ? 1 : 0);

    public override bool Equals(object? obj) => obj is nuint other && Equals(other);

    public override int GetHashCode() => unchecked((int)(ulong)_value) ^ unchecked((int)((ulong)_value >> 32));
}
