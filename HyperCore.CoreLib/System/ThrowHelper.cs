using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>Throws out of line, so that what calls it stays small enough to be inlined.</summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    public static void ThrowInvalidOperation(string message) => throw new InvalidOperationException(message);

    [DoesNotReturn]
    public static void ThrowArgument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    public static void ThrowArgumentNull(string name) => throw new ArgumentNullException(name);

    [DoesNotReturn]
    public static void ThrowArgumentOutOfRange() => throw new ArgumentOutOfRangeException();

    [DoesNotReturn]
    public static void ThrowIndexOutOfRange() => throw new IndexOutOfRangeException("Index was outside the bounds of the array.");

    [DoesNotReturn]
    public static void ThrowArrayTypeMismatch() => throw new ArrayTypeMismatchException("The array cannot hold an element of this type.");

    [DoesNotReturn]
    public static void ThrowInvalidCast() => throw new InvalidCastException("The object is not of the type it is cast to.");

    [DoesNotReturn]
    public static void ThrowNullReference() => throw new NullReferenceException("Object reference not set to an instance of an object.");

    [DoesNotReturn]
    public static void ThrowKeyNotFound() => throw new Collections.Generic.KeyNotFoundException("The key is not in the dictionary.");
}
