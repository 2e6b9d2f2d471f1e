using System;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>How compiled code turns tokens into handles.</summary>
internal static class LdTokenHelpers
{
    private static RuntimeTypeHandle GetRuntimeTypeHandle(nint methodTable) => new(methodTable);

    private static RuntimeMethodHandle GetRuntimeMethodHandle(nint handle) => new(handle);

    private static RuntimeFieldHandle GetRuntimeFieldHandle(nint handle) => new(handle);

    private static Type GetRuntimeType(nint methodTable) => new RuntimeType(methodTable);
}
