using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Boot;

/// <summary>Messages that several loaders have in common. All return false, so that a loader can end with them.</summary>
internal static class BootError
{
    /// <summary>Starts a message: <c>vm demo: </c>.</summary>
    public static void Start(ref TextBuilder error, ReadOnlySpan<char> vm)
    {
        error.Clear();
        error.Append("vm ");
        error.Append(vm);
        error.Append(": ");
    }

    public static bool Say(ref TextBuilder error, ReadOnlySpan<char> vm, ReadOnlySpan<char> message)
    {
        Start(ref error, vm);
        error.Append(message);
        return false;
    }

    /// <summary>A file that is too large.</summary>
    public static bool DoesNotFit(ref TextBuilder error, ReadOnlySpan<char> vm, ReadOnlySpan<char> what, ulong size, ulong memory)
    {
        Start(ref error, vm);
        error.Append(what);
        error.Append(" of ");
        error.AppendMemorySize(size);
        error.Append(" does not fit into memory = ");
        error.AppendMemorySize(memory);
        error.Append("; raise memory or use a smaller ");
        error.Append(what);
        return false;
    }

    /// <summary>A kernel that wants to be where there is no RAM.</summary>
    public static bool KernelDoesNotFit(ref TextBuilder error, ReadOnlySpan<char> vm, ulong start, ulong length, ulong memory)
    {
        Start(ref error, vm);
        error.Append("kernel needs ");
        error.AppendMemorySize(length);
        error.Append(" of RAM at address ");
        error.AppendMemorySize(start);
        error.Append(", which does not fit into memory = ");
        error.AppendMemorySize(memory);
        error.Append("; raise memory");
        return false;
    }
}
