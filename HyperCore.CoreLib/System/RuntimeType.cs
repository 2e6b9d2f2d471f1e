namespace System;

// The compiler writes objects of this type, in this layout.
internal sealed class RuntimeType : Type
{
    private readonly nint _methodTablePointer;
    private readonly nint _typeInfo;

    internal RuntimeType(nint methodTable) => _methodTablePointer = methodTable;

    public override RuntimeTypeHandle TypeHandle => new(_methodTablePointer);
}
