using System.Runtime.InteropServices;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// What the world switch (Assembly/Vmx.asm) exchanges with the back end: the registers, and the fields of the VMCS that every exit needs.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Length)]
internal struct VmxFrame
{
    /// <summary>Bytes of the whole structure.</summary>
    public const int Length = 0x140;

    /// <summary>The general-purpose registers; XMM0 to XMM5 follow them.</summary>
    [FieldOffset(0)]
    public GuestRegisters Registers;

    /// <summary>RIP; it is written at each entry.</summary>
    [FieldOffset(0xE0)]
    public ulong Rip;

    /// <summary>RFLAGS as of the last exit or write.</summary>
    [FieldOffset(0xE8)]
    public ulong Rflags;

    /// <summary>Bits 31:0 of <see cref="VmcsField.ExitReason"/>.</summary>
    [FieldOffset(0xF0)]
    public ulong ExitReason;

    /// <summary><see cref="VmcsField.ExitQualification"/>.</summary>
    [FieldOffset(0xF8)]
    public ulong Qualification;

    /// <summary><see cref="VmcsField.ExitInstructionLength"/>.</summary>
    [FieldOffset(0x100)]
    public ulong InstructionLength;

    /// <summary><see cref="VmcsField.IdtVectoringInfo"/>.</summary>
    [FieldOffset(0x108)]
    public ulong IdtVectoringInfo;

    /// <summary><see cref="VmcsField.Interruptibility"/> as of the last exit or write.</summary>
    [FieldOffset(0x110)]
    public ulong Interruptibility;

    /// <summary>What <see cref="VmcsField.HostRsp"/> holds; 0 when that is not known.</summary>
    [FieldOffset(0x118)]
    public ulong HostRsp;

    /// <summary>1 when the VMCS is launched: the next entry is a VMRESUME.</summary>
    [FieldOffset(0x120)]
    public ulong IsLaunched;

    /// <summary><see cref="VmcsField.GuestPhysicalAddress"/>, of an EPT violation only.</summary>
    [FieldOffset(0x128)]
    public ulong GuestPhysical;

    /// <summary><see cref="VmcsField.ExitInterruptionInfo"/>, of an exception or NMI only.</summary>
    [FieldOffset(0x130)]
    public uint InterruptionInfo;

    /// <summary><see cref="VmcsField.ExitInterruptionErrorCode"/>, of an exception only.</summary>
    [FieldOffset(0x134)]
    public uint InterruptionErrorCode;
}
