using System.Runtime.CompilerServices;
using HyperCore.Core.Exits;

namespace HyperCore.Efi.Svm;

/// <summary>Turns the VMCB's exit code and exit information into a vendor-neutral <see cref="VmExit"/>.</summary>
internal static unsafe class SvmExitDecoder
{
    // EXITINFO1 of an IOIO exit (AMD APM vol. 2, 15.10.2).
    private const uint IoIn = 1;
    private const uint IoString = 4;
    private const uint IoRepeated = 8;

    // EXITINFO1 of a nested page fault (15.25.6).
    private const uint NpfWrite = 2;
    private const uint NpfFetch = 0x10;
    private const ulong NpfGuestTable = 1ul << 33;

    /// <summary>Decodes the exit that a VMCB holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* vmcb, bool hasNextRip, ref VmExit exit)
    {
        uint code = *(uint*)(vmcb + Vmcb.ExitCode);
        exit.Qualification = code;
        exit.Rip = *(ulong*)(vmcb + Vmcb.Rip);
        exit.NextRip = hasNextRip ? *(ulong*)(vmcb + Vmcb.NRip) : 0;

        // A chain of comparisons: the table that the compiler makes of a switch costs more than all of them.
        if (code == ExitCode.Msr)
        {
            exit.Reason = ExitReason.Msr;
            exit.IsWrite = *(uint*)(vmcb + Vmcb.ExitInfo1) != 0;
        }
        else if (code == ExitCode.Ioio)
        {
            DecodePortIo(vmcb, ref exit);
        }
        else if (code == ExitCode.Npf)
        {
            DecodeNestedPageFault(vmcb, ref exit);
        }
        else if (code == ExitCode.Cpuid)
        {
            exit.Reason = ExitReason.Cpuid;
        }
        else if (code == ExitCode.Intr)
        {
            exit.Reason = ExitReason.ExternalInterrupt;
        }
        else if (code == ExitCode.Hlt)
        {
            exit.Reason = ExitReason.Halt;
        }
        else
        {
            DecodeRare(vmcb, code, ref exit);
        }
    }

    private static void DecodePortIo(byte* vmcb, ref VmExit exit)
    {
        uint info = *(uint*)(vmcb + Vmcb.ExitInfo1);
        exit.Reason = ExitReason.PortIo;
        exit.Port = (ushort)(info >> 16);
        exit.Qualification = info >> 16;
        exit.Size = (byte)((info >> 4) & 7);
        exit.IsWrite = (info & IoIn) == 0;
        exit.IsString = (info & IoString) != 0;
        exit.IsRepeated = (info & IoRepeated) != 0;

        // The one intercept that always gives the next RIP, with or without NRIP save.
        exit.NextRip = *(ulong*)(vmcb + Vmcb.ExitInfo2);
    }

    private static void DecodeNestedPageFault(byte* vmcb, ref VmExit exit)
    {
        ulong info = *(ulong*)(vmcb + Vmcb.ExitInfo1);
        exit.Reason = ExitReason.MemoryFault;
        exit.GuestPhysical = *(ulong*)(vmcb + Vmcb.ExitInfo2);
        exit.Qualification = exit.GuestPhysical;
        exit.IsWrite = (info & NpfWrite) != 0;
        exit.IsFetch = (info & NpfFetch) != 0;
        exit.IsPageWalk = (info & NpfGuestTable) != 0;

        // Means something only with decode assists, which FetchedBytes knows (15.8.4).
        exit.FetchedLength = (byte)(vmcb[Vmcb.BytesFetched] & 0xF);
    }

    private static void DecodeRare(byte* vmcb, uint code, ref VmExit exit) => exit.Reason = FindRareReason(vmcb, code, ref exit);

    private static ExitReason FindRareReason(byte* vmcb, uint code, ref VmExit exit)
    {
        if (code is >= ExitCode.Exception0 and <= ExitCode.ExceptionLast)
        {
            exit.Vector = (byte)(code - ExitCode.Exception0);
            exit.ErrorCode = *(uint*)(vmcb + Vmcb.ExitInfo1);
            return ExitReason.Exception;
        }

        if (code <= ExitCode.CrLast)
        {
            exit.Vector = (byte)(code & 0xF);
            exit.IsWrite = code >= ExitCode.Cr0Write;
            return ExitReason.ControlRegister;
        }

        return code switch
        {
            ExitCode.Vintr => ExitReason.InterruptWindow,
            ExitCode.Nmi => ExitReason.Nmi,
            ExitCode.Shutdown => ExitReason.Shutdown,
            ExitCode.Xsetbv => ExitReason.Xsetbv,
            ExitCode.Vmmcall => ExitReason.Hypercall,
            ExitCode.Pause => ExitReason.Pause,
            ExitCode.Iret => ExitReason.NmiWindow,
            ExitCode.Invd or ExitCode.Wbinvd => ExitReason.CacheFlush,
            ExitCode.Monitor or ExitCode.Mwait or ExitCode.MwaitConditional => ExitReason.MonitorWait,
            ExitCode.Rdpmc => ExitReason.PerformanceCounter,
            ExitCode.Init => ExitReason.Init,
            ExitCode.FerrFreeze => ExitReason.Unknown,
            ExitCode.Vmrun or ExitCode.Vmload or ExitCode.Vmsave or ExitCode.Stgi or ExitCode.Clgi or ExitCode.Skinit
                or ExitCode.Invlpga or ExitCode.Rsm or ExitCode.Rdpru => ExitReason.ForbiddenInstruction,
            ExitCode.Invalid => ExitReason.InvalidGuestState,
            _ => ExitReason.Unknown,
        };
    }
}
