using Internal.Runtime;

namespace System;

public readonly unsafe struct RuntimeTypeHandle
{
    private readonly nint _value;

    internal RuntimeTypeHandle(nint value) => _value = value;

    public nint Value => _value;

    internal MethodTable* Table => (MethodTable*)_value;
}
