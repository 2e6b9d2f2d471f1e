using System.Runtime.CompilerServices;

namespace System;

public readonly unsafe struct IntPtr : IEquatable<nint>, IComparable<nint>
{
    private readonly void* _value;

    [Intrinsic]
    public IntPtr(void* value) => _value = value;

    [Intrinsic]
    public IntPtr(int value) => _value = (void*)value;

    [Intrinsic]
    public IntPtr(long value) => _value = (void*)value;

    public static nint Zero => 0;

    public static int Size => sizeof(void*);

    public static nint MaxValue => unchecked((nint)long.MaxValue);

    public static nint MinValue => unchecked((nint)long.MinValue);

    [Intrinsic]
    public void* ToPointer() => _value;

    [Intrinsic]
    public long ToInt64() => (long)_value;

    [Intrinsic]
    public static explicit operator nint(void* value) => new(value);

    [Intrinsic]
    public static explicit operator void*(nint value) => value.ToPointer();

    [Intrinsic]
    public static explicit operator nint(long value) => new(value);

    [Intrinsic]
    public static explicit operator long(nint value) => (long)value.ToPointer();

    [Intrinsic]
    public static explicit operator int(nint value) => unchecked((int)(long)value.ToPointer());

    [Intrinsic]
    public static bool operator ==(IntPtr left, IntPtr right) => left._value == right._value;

    [Intrinsic]
    public static bool operator !=(IntPtr left, IntPtr right) => left._value != right._value;

    public bool Equals(nint other) => _value == (void*)other;

    public int CompareTo(nint other) => (long)_value < (long)other ? -1 : ((long)_value > (long)other ? 1 : 0);

    public override bool Equals(object? obj) => obj is nint other && Equals(other);

    public override int GetHashCode() => unchecked((int)(long)_value) ^ unchecked((int)((long)_value >> 32));
}
