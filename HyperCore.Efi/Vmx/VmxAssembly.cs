using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Vmx;

/// <summary>The VMX instructions and the world switch, Assembly/Vmx.asm.</summary>
internal static unsafe class VmxAssembly
{
    /// <summary>INVEPT and INVVPID: everything of one EPTP or one VPID.</summary>
    public const ulong SingleContext = 1;

    /// <summary>INVEPT and INVVPID: everything of all.</summary>
    public const ulong AllContexts = 2;

    /// <summary>Enters the guest of the current VMCS and returns at its next exit, with interrupts off.</summary>
    /// <returns>0, or 1 when the processor refused: the field <see cref="VmcsField.InstructionError"/> may say why.</returns>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxEnter")]
    public static extern int Enter(VmxFrame* frame);

    /// <summary>What <see cref="VmcsField.HostRip"/> must be for <see cref="Enter"/>.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxExitAddress")]
    public static extern ulong ExitAddress();

    /// <summary>VMREAD from the current VMCS.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxRead")]
    public static extern ulong Read(ulong field);

    /// <summary>VMWRITE to the current VMCS.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxWrite")]
    public static extern void Write(ulong field, ulong value);

    /// <summary>VMXON.</summary>
    /// <returns>0 when the processor refused.</returns>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxSwitchOn")]
    public static extern int SwitchOn(ulong region);

    /// <summary>VMPTRLD: makes a VMCS the current one.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxLoadPointer")]
    public static extern void LoadPointer(ulong vmcs);

    /// <summary>VMCLEAR: writes a VMCS back to memory, and its state becomes clear. If it was the current one, there is none now.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxClear")]
    public static extern void Clear(ulong vmcs);

    /// <summary>INVEPT.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxInvalidateEpt")]
    public static extern void InvalidateEpt(ulong type, ulong eptPointer);

    /// <summary>INVVPID.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxInvalidateVpid")]
    public static extern void InvalidateVpid(ulong type, ulong vpid);

    /// <summary>Calls the host's NMI handler.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("VmxRaiseNmi")]
    public static extern void RaiseNmi();
}
