using HyperCore.Core.Processor;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Svm;

/// <summary>The state of a vCPU after power-on, and what HyperCore intercepts.</summary>
internal sealed unsafe partial class SvmVirtualProcessor
{
    private const uint AlignmentCheckIntercept = 1u << (int)ExceptionVector.AlignmentCheck;
    private const uint DebugIntercept = 1u << (int)ExceptionVector.Debug;
    private const uint MachineCheckIntercept = 1u << (int)ExceptionVector.MachineCheck;

    // After reset: WB, WT, UC-, UC, twice (AMD APM vol. 2, 7.8.2).
    private const ulong PatAfterReset = 0x0007_0406_0007_0406;

    // CR0: ET is always set; CD and NW survive INIT.
    private const ulong ExtensionType = 0x10;
    private const ulong NotWriteThrough = 1ul << 29;
    private const ulong CacheControl = (1ul << 30) | NotWriteThrough;

    /// <inheritdoc/>
    public override void Reset()
    {
        ulong nestedRoot = Field64(Vmcb.NCr3);

        // The local APIC's registers, which lie behind the others, have been reset already.
        for (int i = 0; i < (Vmcb.Size + ApicRegistersOffset) / sizeof(ulong); i++)
        {
            ((ulong*)_vmcb)[i] = 0;
        }

        _tscOffset = 0;
        SetTscOffset();
        SetControls();
        Field64(Vmcb.NCr3) = nestedRoot;
        SetStateAfterReset();
        _pendingEvents = 0;
        _tripleFault = false;
        _nmi = NmiState.None;
        _extendedState.Reset();
    }

    /// <inheritdoc/>
    public override void Init()
    {
        ulong cacheControl = Field64(Vmcb.Cr0) & CacheControl;
        ulong pat = Pat;
        for (int i = 0; i < sizeof(GuestRegisters) / sizeof(ulong); i++)
        {
            ((ulong*)_registers)[i] = 0;
        }

        SetControls();
        Field64(Vmcb.EventInj) = 0;
        Field64(Vmcb.Rax) = 0;
        Field64(Vmcb.Rsp) = 0;
        Field64(Vmcb.Cr2) = 0;
        Field64(Vmcb.Cr3) = 0;
        Field64(Vmcb.Cr4) = 0;
        _vmcb[Vmcb.InterruptShadow] = 0;
        SetStateAfterReset();
        _vmcb[Vmcb.Cpl] = 0;
        Pat = pat;

        // VMRUN refuses NW without CD.
        Field64(Vmcb.Cr0) = cacheControl == NotWriteThrough ? ExtensionType : ExtensionType | cacheControl;
        _pendingEvents = 0;
        _tripleFault = false;
        _nmi = NmiState.None;
        ExtendedState.Init();
    }

    private void SetControls()
    {
        // #AC and #DB can be made to recur without end while they are delivered, which would keep the processor from ever leaving the guest.
        Field32(Vmcb.InterceptExceptions) = AlignmentCheckIntercept | DebugIntercept | MachineCheckIntercept;
        Field32(Vmcb.InterceptMisc1) = Intercept.Intr | Intercept.Nmi | Intercept.Init | Intercept.Rdpmc | Intercept.Cpuid | Intercept.Invd
            | Intercept.Hlt | Intercept.Invlpga | Intercept.IoioProt | Intercept.MsrProt | Intercept.FerrFreeze | Intercept.Shutdown
            | _pauseFilter.Intercept;
        Field32(Vmcb.InterceptMisc2) = Intercept.Vmrun | Intercept.Vmmcall | Intercept.Vmload | Intercept.Vmsave | Intercept.Stgi
            | Intercept.Clgi | Intercept.Skinit | Intercept.Wbinvd | Intercept.Monitor | Intercept.Mwait | Intercept.Xsetbv | Intercept.Rdpru;
        *(ushort*)(_vmcb + Vmcb.PauseFilterThreshold) = _pauseFilter.Threshold;
        *(ushort*)(_vmcb + Vmcb.PauseFilterCount) = _pauseFilter.Count;
        Field64(Vmcb.IopmBasePa) = (ulong)_host.Iopm;
        Field64(Vmcb.MsrpmBasePa) = (ulong)_host.Msrpm;
        Field32(Vmcb.GuestAsid) = _asid;
        Field64(Vmcb.VIntr) = VIntrMasking;
        Field64(Vmcb.NpEnable) = 1;
        FlushTlb();
    }

    // AMD APM vol. 2, table 14-1.
    private void SetStateAfterReset()
    {
        SetSegment(SegmentRegister.Cs, new Segment(0xF000, 0x9B, 0xFFFF, 0xFFFF_0000));
        for (SegmentRegister register = SegmentRegister.Es; register <= SegmentRegister.Gs; register++)
        {
            if (register != SegmentRegister.Cs)
            {
                SetSegment(register, new Segment(0, 0x93, 0xFFFF, 0));
            }
        }

        SetSegment(SegmentRegister.Gdtr, new Segment(0, 0, 0xFFFF, 0));
        SetSegment(SegmentRegister.Idtr, new Segment(0, 0, 0xFFFF, 0));
        SetSegment(SegmentRegister.Ldtr, new Segment(0, 0x82, 0xFFFF, 0));
        SetSegment(SegmentRegister.Tr, new Segment(0, 0x8B, 0xFFFF, 0));
        Field64(Vmcb.Efer) = EferSvme;
        Field64(Vmcb.Cr0) = 0x6000_0010;
        Field64(Vmcb.Rflags) = 2;
        Field64(Vmcb.Rip) = 0xFFF0;
        Field64(Vmcb.Dr6) = 0xFFFF_0FF0;
        Field64(Vmcb.Dr7) = 0x400;
        Pat = PatAfterReset;
        _registers->Rdx = _host.ProcessorSignature;
    }
}
