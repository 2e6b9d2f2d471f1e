using System.Runtime;

namespace System;

// The compiler knows these method names, and the places of _target (the first word) and _methodPtr (the fourth).
public abstract class Delegate
{
    internal object? _target;
    internal object? _helperObject;
    internal nint _extraFunctionPointerOrData;
    internal nint _methodPtr;

    public object? Target => ReferenceEquals(_target, this) ? _helperObject : _target;

    private void InitializeClosedInstance(object? firstParameter, nint functionPointer)
    {
        if (firstParameter == null)
        {
            ThrowHelper.ThrowArgument("A delegate to an instance method needs an instance.");
        }

        _methodPtr = functionPointer;
        _target = firstParameter;
    }

    private void InitializeClosedInstanceSlow(object? firstParameter, nint functionPointer) => InitializeClosedInstance(firstParameter, functionPointer);

    private void InitializeClosedInstanceToInterface(object? firstParameter, nint dispatchCell)
    {
        if (firstParameter == null)
        {
            ThrowHelper.ThrowNullReference();
        }

        _methodPtr = InterfaceDispatch.Resolve(firstParameter, dispatchCell);
        _target = firstParameter;
    }

    private void InitializeClosedStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _methodPtr = functionPointerThunk;
        _target = this;
    }

    private void InitializeOpenStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _ = firstParameter;
        _target = this;
        _methodPtr = functionPointerThunk;
        _extraFunctionPointerOrData = functionPointer;
    }

    private protected virtual nint GetThunk(int whichThunk) => 0;
}
