using System.Runtime.CompilerServices;
using HyperCore.Core.Exits;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>Turns the VMCS's exit reason and exit qualification into a vendor-neutral <see cref="VmExit"/>.</summary>
internal static class VmxExitDecoder
{
    // Qualification of an I/O instruction (Intel SDM vol. 3C, table 28-5).
    private const ulong IoSizeMask = 7;
    private const ulong IoIn = 8;
    private const ulong IoString = 0x10;
    private const ulong IoRepeated = 0x20;

    // Qualification of an EPT violation (table 28-7).
    private const ulong EptWrite = 2;
    private const ulong EptFetch = 4;
    private const ulong EptLinearValid = 0x80;
    private const ulong EptAfterTranslation = 0x100;

    // Qualification of an APIC access (table 28-6): offset 11:0, type 15:12.
    private const ulong ApicOffsetMask = 0xFFF;
    private const int ApicTypeShift = 12;
    private const ulong ApicLinearWrite = 1;
    private const ulong ApicLinearFetch = 2;
    private const ulong ApicFirstGuestPhysical = 10;

    /// <summary>Decodes the exit that a frame holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(in VmxFrame frame, ref VmExit exit)
    {
        var code = (uint)frame.ExitReason;
        exit.Qualification = code;
        exit.Rip = frame.Rip;

        // The length is valid for every exit that an instruction causes (28.2.5); others do not retire one.
        exit.NextRip = frame.Rip + frame.InstructionLength;
        switch (code)
        {
            case VmxExitReason.Io:
                DecodePortIo(frame, ref exit);
                break;
            case VmxExitReason.EptViolation:
                DecodeEptViolation(frame, ref exit);
                break;
            case VmxExitReason.Rdmsr:
                exit.Reason = ExitReason.Msr;
                exit.IsWrite = false;
                break;
            case VmxExitReason.Wrmsr:
                exit.Reason = ExitReason.Msr;
                exit.IsWrite = true;
                break;
            case VmxExitReason.Cpuid:
                exit.Reason = ExitReason.Cpuid;
                break;
            case VmxExitReason.ExternalInterrupt:
                exit.Reason = ExitReason.ExternalInterrupt;
                break;
            case VmxExitReason.Hlt:
                exit.Reason = ExitReason.Halt;
                break;
            case VmxExitReason.InterruptWindow:
                exit.Reason = ExitReason.InterruptWindow;
                break;
            default:
                DecodeRare(frame, code, ref exit);
                break;
        }
    }

    private static void DecodePortIo(in VmxFrame frame, ref VmExit exit)
    {
        ulong qualification = frame.Qualification;
        exit.Reason = ExitReason.PortIo;
        exit.Port = (ushort)(qualification >> 16);
        exit.Qualification = exit.Port;
        exit.Size = (byte)((qualification & IoSizeMask) + 1);
        exit.IsWrite = (qualification & IoIn) == 0;
        exit.IsString = (qualification & IoString) != 0;
        exit.IsRepeated = (qualification & IoRepeated) != 0;
    }

    private static void DecodeEptViolation(in VmxFrame frame, ref VmExit exit)
    {
        ulong qualification = frame.Qualification;
        exit.Reason = ExitReason.MemoryFault;
        exit.GuestPhysical = frame.GuestPhysical;
        exit.Qualification = frame.GuestPhysical;
        exit.IsWrite = (qualification & EptWrite) != 0;
        exit.IsFetch = (qualification & EptFetch) != 0;

        // Bit 8 means something only with bit 7; without it the processor loaded PDPTEs, which lie in memory that is no device's.
        exit.IsPageWalk = (qualification & (EptLinearValid | EptAfterTranslation)) != (EptLinearValid | EptAfterTranslation);
        exit.FetchedLength = 0;
    }

    // An access that the processor does not carry out by itself is one to a device, as it is where it carries out none.
    private static void DecodeApicAccess(in VmxFrame frame, ref VmExit exit)
    {
        ulong type = frame.Qualification >> ApicTypeShift & 0xF;
        exit.Reason = ExitReason.MemoryFault;
        exit.GuestPhysical = PlatformLayout.LocalApicBase | (frame.Qualification & ApicOffsetMask);
        exit.Qualification = exit.GuestPhysical;
        exit.IsWrite = type == ApicLinearWrite;
        exit.IsFetch = type == ApicLinearFetch;
        exit.IsPageWalk = type >= ApicFirstGuestPhysical;
        exit.FetchedLength = 0;
    }

    private static void DecodeRare(in VmxFrame frame, uint code, ref VmExit exit)
    {
        switch (code)
        {
            case VmxExitReason.ApicAccess:
                DecodeApicAccess(frame, ref exit);
                return;
            case VmxExitReason.ApicWrite:
                exit.Reason = ExitReason.ApicWrite;
                exit.Qualification = frame.Qualification & ApicOffsetMask;
                return;
            case VmxExitReason.VirtualizedEoi:
                exit.Reason = ExitReason.EndOfInterrupt;
                exit.Vector = (byte)frame.Qualification;
                return;
        }

        if (code == VmxExitReason.ExceptionOrNmi)
        {
            exit.Vector = (byte)(frame.InterruptionInfo & InterruptionFormat.VectorMask);
            exit.ErrorCode = (frame.InterruptionInfo & InterruptionFormat.ErrorCodeValid) != 0 ? frame.InterruptionErrorCode : 0;
            exit.Reason = (frame.InterruptionInfo & InterruptionFormat.TypeMask) == InterruptionFormat.TypeNmi ? ExitReason.Nmi : ExitReason.Exception;
            return;
        }

        exit.Reason = FindRareReason(code, ref exit);
    }

    private static ExitReason FindRareReason(uint code, ref VmExit exit)
    {
        if ((code & VmxExitReason.EntryFailure) != 0)
        {
            return (code & 0xFFFF) == VmxExitReason.MachineCheckOnEntry ? MachineCheck(ref exit) : ExitReason.InvalidGuestState;
        }

        return code switch
        {
            VmxExitReason.TripleFault => ExitReason.Shutdown,
            VmxExitReason.Init or VmxExitReason.Sipi => ExitReason.Init,
            VmxExitReason.PreemptionTimer => ExitReason.ExternalInterrupt,
            VmxExitReason.NmiWindow => ExitReason.NmiWindow,
            VmxExitReason.TaskSwitch => ExitReason.TaskSwitch,
            VmxExitReason.Invd or VmxExitReason.Wbinvd => ExitReason.CacheFlush,
            VmxExitReason.Rdpmc => ExitReason.PerformanceCounter,
            VmxExitReason.Vmcall => ExitReason.Hypercall,
            VmxExitReason.Mwait or VmxExitReason.Monitor => ExitReason.MonitorWait,
            VmxExitReason.Pause => ExitReason.Pause,
            VmxExitReason.Xsetbv => ExitReason.Xsetbv,
            VmxExitReason.TprBelowThreshold => ExitReason.InterruptWindow,
            VmxExitReason.MachineCheckOnEntry => MachineCheck(ref exit),
            VmxExitReason.Getsec or VmxExitReason.Rsm or VmxExitReason.Invept or VmxExitReason.Invvpid or VmxExitReason.Vmfunc
                or VmxExitReason.Encls or (>= VmxExitReason.Vmclear and <= VmxExitReason.Vmxon) => ExitReason.ForbiddenInstruction,
            _ => ExitReason.Unknown,
        };
    }

    private static ExitReason MachineCheck(ref VmExit exit)
    {
        exit.Vector = (byte)ExceptionVector.MachineCheck;
        exit.ErrorCode = 0;
        return ExitReason.Exception;
    }
}
