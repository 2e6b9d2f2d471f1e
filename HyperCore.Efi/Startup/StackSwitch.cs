using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Startup;

/// <summary>Leaves the firmware's stack (Assembly/Startup.asm).</summary>
internal static unsafe class StackSwitch
{
    /// <summary>Calls a method on another stack and never returns.</summary>
    /// <param name="top">The address after the stack's last byte, a multiple of 16.</param>
    /// <param name="entry">What to call. It must not return.</param>
    /// <param name="information">What to hand over.</param>
    [RuntimeImport("*", "StackSwitch_Run")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Run(ulong top, delegate*<StartupInformation, void> entry, StartupInformation information);
}
