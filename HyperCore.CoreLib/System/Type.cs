using System.Runtime.CompilerServices;

namespace System;

/// <summary>A type as far as generic code asks about one. There is no reflection.</summary>
public abstract class Type
{
    public abstract RuntimeTypeHandle TypeHandle { get; }

    [Intrinsic]
    public unsafe bool IsValueType => TypeHandle.Table->IsValueType;

    [Intrinsic]
    public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => new RuntimeType(handle.Value);

    [Intrinsic]
    public static bool operator ==(Type? left, Type? right)
    {
        if (left is null || right is null)
        {
            return (object?)left == right;
        }

        return left.TypeHandle.Value == right.TypeHandle.Value;
    }

    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !(left == right);

    public override bool Equals(object? obj) => obj is Type other && this == other;

    public override unsafe int GetHashCode() => (int)TypeHandle.Table->HashCode;
}
