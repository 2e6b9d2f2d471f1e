using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Vmx;

/// <summary>The state of a vCPU after power-on, what exits, and the host's state for the exits.</summary>
internal sealed unsafe partial class VmxVirtualProcessor
{
    // After reset: WB, WT, UC-, UC, twice (Intel SDM vol. 3A, 12.12.4).
    private const ulong PatAfterReset = 0x0007_0406_0007_0406;
    private const ulong Dr6AfterReset = 0xFFFF_0FF0;
    private const ulong Cr0AfterReset = 0x6000_0010;
    private const ulong ExtensionType = 0x10;

    // #AC and #DB can be made to recur without end while they are delivered, which would keep the processor from ever leaving the guest.
    private const ulong Exceptions = (1ul << (int)ExceptionVector.AlignmentCheck) | (1ul << (int)ExceptionVector.Debug)
        | (1ul << (int)ExceptionVector.MachineCheck);

    // PAUSEs no further apart than the gap belong to one loop; one that lasts longer than the window exits (Intel SDM vol. 3C, 25.6.13). In ticks;
    // the numbers that Linux's KVM has come to.
    private const ulong PauseLoopGap = 128;
    private const ulong PauseLoopWindow = 4096;

    // The system call registers, which neither entries nor exits exchange, and which the host does not use.
    private static readonly uint[] s_systemCallMsrs = [VmxMsr.Star, VmxMsr.Lstar, VmxMsr.Cstar, VmxMsr.Sfmask, VmxMsr.KernelGsBase];

    private readonly ulong[] _systemCall = new ulong[5];
    private bool _isLoaded;
    private ulong _cr2;
    private ulong _dr6;
    private string? _refusal;

    /// <inheritdoc/>
    public override void Reset()
    {
        // Clear, and active nowhere, whatever it was.
        Detach();
        _isLoaded = false;
        for (int i = 0; i < VmxFrame.Length / sizeof(ulong); i++)
        {
            ((ulong*)_frame)[i] = 0;
        }

        for (int i = 0; i < _systemCall.Length; i++)
        {
            _systemCall[i] = 0;
        }

        _tscOffset = 0;
        SetControls();
        SetStateAfterReset();
        Cr0 = Cr0AfterReset;
        Pat = PatAfterReset;
        _cr2 = 0;
        _dr6 = Dr6AfterReset;
        _extendedState.Reset();
    }

    /// <inheritdoc/>
    public override void Init()
    {
        ulong cr0 = (Cr0 & (Cr0CacheDisable | Cr0NotWriteThrough)) | ExtensionType;
        for (int i = 0; i < sizeof(GuestRegisters) / sizeof(ulong); i++)
        {
            ((ulong*)_frame)[i] = 0;
        }

        SetControls();
        SetStateAfterReset();
        Cr0 = cr0;
        Cr2 = 0;
        Dr6 = Dr6AfterReset;
        ExtendedState.Init();
    }

    // Intel SDM vol. 3C, 25.6 to 25.8.
    private void SetControls()
    {
        _pendingEvents = FlushAll;
        _tripleFault = false;
        _refusal = null;
        _threshold = 0;
        _known = 0;
        _virtualApic[TaskPriorityOffset] = 0;
        _processorControls = _capabilities.ProcessorControls;
        Write(VmcsField.PinControls, _capabilities.PinControls);
        Write(VmcsField.ProcessorControls, _processorControls);
        Write(VmcsField.SecondaryControls, _secondaryControls);
        Write(VmcsField.ExitControls, _capabilities.ExitControls);
        Write(VmcsField.EntryControls, _capabilities.EntryControls);
        Write(VmcsField.EntryInterruptionInfo, 0);
        Write(VmcsField.ExceptionBitmap, Exceptions);
        Write(VmcsField.PageFaultErrorCodeMask, 0);
        Write(VmcsField.PageFaultErrorCodeMatch, 0);
        Write(VmcsField.Cr3TargetCount, 0);
        Write(VmcsField.ExitMsrStoreCount, 0);
        Write(VmcsField.ExitMsrLoadCount, 0);
        Write(VmcsField.EntryMsrLoadCount, 0);
        Write(VmcsField.IoBitmapA, (ulong)_host.IoBitmapA);
        Write(VmcsField.IoBitmapB, (ulong)_host.IoBitmapB);
        Write(VmcsField.MsrBitmap, (ulong)_host.MsrBitmap);
        Write(VmcsField.VirtualApicPage, (ulong)_virtualApic);
        Write(VmcsField.TprThreshold, 0);
        Write(VmcsField.TscOffset, HostTscOffset());
        Write(VmcsField.EptPointer, _eptPointer);
        Write(VmcsField.Cr0Mask, _cr0Mask);
        Write(VmcsField.Cr4Mask, _cr4Mask);
        if ((_secondaryControls & SecondaryControl.PauseLoopExiting) != 0)
        {
            Write(VmcsField.PauseLoopGap, PauseLoopGap);
            Write(VmcsField.PauseLoopWindow, PauseLoopWindow);
        }

        // Loaded at each entry. The host's own timer ends a turn; this ends guest mode should an interrupt of the host not do it, as under Bochs
        // (docs/testing.md).
        if (_capabilities.HasPreemptionTimer)
        {
            ulong value = _host.LongestStay >> _capabilities.PreemptionTimerRate;
            Write(VmcsField.PreemptionTimerValue, value > uint.MaxValue ? uint.MaxValue : value);
        }

        if ((_secondaryControls & SecondaryControl.EnableVpid) != 0)
        {
            Write(VmcsField.Vpid, _vpid);
        }

        ResetApicVirtualization();

        // Guests have no component of IA32_XSS, so there is none whose saving could exit.
        if ((_secondaryControls & SecondaryControl.EnableXsaves) != 0)
        {
            Write(VmcsField.XssExitingBitmap, 0);
        }

        // CPUID shows no SGX; where it is switched on, its instructions exit.
        if ((_secondaryControls & SecondaryControl.EnclsExiting) != 0)
        {
            Write(VmcsField.EnclsExitingBitmap, ulong.MaxValue);
        }
    }

    // Intel SDM vol. 3A, table 10-1; all but what INIT keeps.
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
        Efer = 0;
        Cr3 = 0;
        Cr4 = 0;
        Rflags = 2;
        Rip = 0xFFF0;
        SetInterruptibility(0);
        Write(VmcsField.ActivityState, 0);
        Write(VmcsField.PendingDebugExceptions, 0);
        Write(VmcsField.VmcsLinkPointer, ulong.MaxValue);
        Write(VmcsField.GuestDebugControl, 0);
        Write(VmcsField.GuestDr7, 0x400);
        Write(VmcsField.GuestSysenterCs, 0);
        Write(VmcsField.GuestSysenterEsp, 0);
        Write(VmcsField.GuestSysenterEip, 0);
        Registers->Rdx = _host.ProcessorSignature;
    }

    private void LoadSystemRegisters()
    {
        for (int i = 0; i < _systemCall.Length; i++)
        {
            Intrinsics.WriteMsr(s_systemCallMsrs[i], _systemCall[i]);
        }

        Intrinsics.WriteCr2(_cr2);
        Intrinsics.WriteDr6(_dr6);
        _isLoaded = true;
    }

    private void SaveSystemRegisters()
    {
        for (int i = 0; i < _systemCall.Length; i++)
        {
            _systemCall[i] = Intrinsics.ReadMsr(s_systemCallMsrs[i]);
        }

        _cr2 = Intrinsics.ReadCr2();
        _dr6 = Intrinsics.ReadDr6();
        _isLoaded = false;
    }

    // What exits load (Intel SDM vol. 3C, 25.5): this pCPU's registers as they are.
    private static void WriteHostState()
    {
        DescriptorTableRegister gdt;
        DescriptorTableRegister idt;
        Intrinsics.StoreGdt(&gdt);
        Intrinsics.StoreIdt(&idt);
        VmxAssembly.Write(VmcsField.HostCr0, Intrinsics.ReadCr0());
        VmxAssembly.Write(VmcsField.HostCr3, Intrinsics.ReadCr3());
        VmxAssembly.Write(VmcsField.HostCr4, Intrinsics.ReadCr4());
        VmxAssembly.Write(VmcsField.HostCsSelector, DescriptorTables.CodeSelector);
        VmxAssembly.Write(VmcsField.HostSsSelector, DescriptorTables.DataSelector);
        VmxAssembly.Write(VmcsField.HostDsSelector, DescriptorTables.DataSelector);
        VmxAssembly.Write(VmcsField.HostEsSelector, DescriptorTables.DataSelector);
        VmxAssembly.Write(VmcsField.HostFsSelector, 0);
        VmxAssembly.Write(VmcsField.HostGsSelector, 0);
        VmxAssembly.Write(VmcsField.HostTrSelector, DescriptorTables.TaskSelector);
        VmxAssembly.Write(VmcsField.HostFsBase, Intrinsics.ReadMsr(VmxMsr.FsBase));
        VmxAssembly.Write(VmcsField.HostGsBase, Intrinsics.ReadMsr(VmxMsr.GsBase));
        VmxAssembly.Write(VmcsField.HostTrBase, DescriptorTables.TaskBaseOf(gdt.Base));
        VmxAssembly.Write(VmcsField.HostGdtrBase, gdt.Base);
        VmxAssembly.Write(VmcsField.HostIdtrBase, idt.Base);
        VmxAssembly.Write(VmcsField.HostSysenterCs, 0);
        VmxAssembly.Write(VmcsField.HostSysenterEsp, 0);
        VmxAssembly.Write(VmcsField.HostSysenterEip, 0);
        VmxAssembly.Write(VmcsField.HostPat, Intrinsics.ReadMsr(VmxMsr.Pat));
        VmxAssembly.Write(VmcsField.HostEfer, Intrinsics.ReadEfer());
        VmxAssembly.Write(VmcsField.HostRip, VmxAssembly.ExitAddress());
    }
}
