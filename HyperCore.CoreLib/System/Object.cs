using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

public unsafe class Object
{
    // The compiler knows the field by this name.
#pragma warning disable IDE1006
    internal MethodTable* m_pEEType;
#pragma warning restore IDE1006

    public Object()
    {
    }

    ~Object()
    {
    }

    public virtual bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Objects never move, so the address serves.</summary>
    public virtual int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>There are no names of types in the image.</summary>
    public virtual string? ToString() => "";

    public static bool Equals(object? left, object? right) => ReferenceEquals(left, right) || (left != null && right != null && left.Equals(right));

    public static bool ReferenceEquals(object? left, object? right) => left == right;

    [Intrinsic]
    public Type GetType() => new RuntimeType((nint)m_pEEType);

    internal ref byte GetRawData() => ref Unsafe.As<RawData>(this).Data;
}
