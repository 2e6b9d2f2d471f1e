using System.Runtime;
using System.Runtime.CompilerServices;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>The one assembly routine of the SVM back end, Assembly/SvmWorldSwitch.asm.</summary>
internal static unsafe class SvmAssembly
{
    /// <summary>Enters the guest and returns at its next exit, with interrupts off.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("SvmEnter")]
    public static extern void SvmEnter(GuestRegisters* registers, byte* guestVmcb, byte* hostVmcb);
}
