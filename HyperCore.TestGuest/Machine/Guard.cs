using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.TestGuest.Machine;

/// <summary>Runs code that may raise an exception.</summary>
internal static unsafe class Guard
{
    /// <summary>Calls <paramref name="code"/>.</summary>
    /// <returns>False when an exception ended it; <see cref="Interrupts.LastException"/> then says which.</returns>
    public static bool Try(delegate*<ulong, ulong, void> code, ulong first = 0, ulong second = 0) => TryCore(code, first, second) != 0;

    /// <summary>Where an exception goes on; 0 when no guarded code runs.</summary>
    [RuntimeImport("*", "TestGuest_Unwind")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong UnwindAddress();

    [RuntimeImport("*", "TestGuest_Try")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryCore(void* code, ulong first, ulong second);
}
