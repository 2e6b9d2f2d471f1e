namespace System.Runtime.CompilerServices;

public static unsafe class RuntimeHelpers
{
    public static int OffsetToStringData
    {
        [Intrinsic]
        get => sizeof(nint) + sizeof(int);
    }

    public static int GetHashCode(object? o)
    {
        ulong address = *(ulong*)&o;
        return (int)(address >> 3) ^ (int)(address >> 32);
    }

    /// <summary>Copies the initial values the compiler stored for an array.</summary>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) => ThrowHelper.ThrowInvalidOperation("The compiler expands InitializeArray.");

    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle)
    {
        ThrowHelper.ThrowInvalidOperation("The compiler expands CreateSpan.");
        return default;
    }

    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>() => IsReferenceOrContainsReferences<T>();

    [Intrinsic]
    internal static bool IsBitwiseEquatable<T>() => IsBitwiseEquatable<T>();

    /// <summary>The part of an array that a range names.</summary>
    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        (int offset, int length) = range.GetOffsetAndLength(array.Length);
        var result = new T[length];
        Array.Copy(array, offset, result, 0, length);
        return result;
    }
}
