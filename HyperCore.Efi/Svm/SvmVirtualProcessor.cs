using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Svm;

/// <summary>A vCPU on AMD SVM: one VMCB and the registers that VMRUN does not switch.</summary>
internal sealed unsafe partial class SvmVirtualProcessor : VirtualProcessor
{
    private const int RegisterPage = 0x1000;
    private const int ApicRegistersOffset = 0x800;
    private const ulong EferSvme = 1ul << 12;
    private const ulong InterruptFlag = 1ul << 9;
    private const uint TrapOrResume = 0x1_0100;
    private const byte TlbFlushAll = 1;
    private const byte TlbFlushGuest = 3;

    private readonly SvmHost _host;
    private readonly byte* _vmcb;
    private byte* _hostVmcb;
    private readonly GuestRegisters* _registers;
    private readonly ExtendedState _extendedState;
    private readonly bool _hasNextRip;
    private readonly PauseFilter _pauseFilter;
    private SvmPcpu? _pcpu;
    private ulong _asidGeneration;
    private uint _asid;
    private ulong _tscOffset;

    /// <summary>Creates a vCPU; <see cref="Reset"/> must be called before it runs.</summary>
    /// <param name="host">What all vCPUs share.</param>
    /// <param name="memory"><see cref="MemorySizeOf"/> bytes, page-aligned, zeroed.</param>
    /// <param name="vcpus">How many vCPUs its VM has.</param>
    public SvmVirtualProcessor(SvmHost host, byte* memory, int vcpus)
    {
        _host = host;
        _hostVmcb = host[0].HostVmcb;
        _hasNextRip = host.Features.NextRipSave;
        _pauseFilter = new PauseFilter(host.Features, vcpus);
        _vmcb = memory;
        TaskPriorityByte = _vmcb + Vmcb.VIntr;
        _registers = (GuestRegisters*)(memory + Vmcb.Size);
        ApicRegisters = new ApicRegisterPage(memory + Vmcb.Size + ApicRegistersOffset);
        _extendedState = new ExtendedState(host, memory + Vmcb.Size + RegisterPage);
    }

    /// <inheritdoc/>
    public override GuestRegisters* Registers => _registers;

    /// <summary>Bytes of contiguous, page-aligned memory that one vCPU needs.</summary>
    public static int MemorySizeOf(SvmHost host) => Vmcb.Size + RegisterPage + host.ExtendedStateSize;

    /// <summary>The VMCB's guest instruction bytes, which only a processor with decode assists fills in (AMD APM vol. 2, 15.8.4).</summary>
    public override byte* FetchedBytes => _host.Features.DecodeAssists ? _vmcb + Vmcb.GuestInstructionBytes : null;

    /// <inheritdoc/>
    public override ulong Rip
    {
        get => Field64(Vmcb.Rip);
        set => Field64(Vmcb.Rip) = value;
    }

    /// <inheritdoc/>
    public override ulong Rflags
    {
        get => Field64(Vmcb.Rflags);
        set => Field64(Vmcb.Rflags) = value;
    }

    /// <inheritdoc/>
    public override ulong Cr0
    {
        get => Field64(Vmcb.Cr0);
        set
        {
            Field64(Vmcb.Cr0) = value;
            FlushTlb();
        }
    }

    /// <inheritdoc/>
    public override ulong Cr2
    {
        get => Field64(Vmcb.Cr2);
        set
        {
            Field64(Vmcb.Cr2) = value;

            // Bochs 3.1 does not load CR2 in VMRUN. Nothing faults in the host, so it stays until then.
            Intrinsics.WriteCr2(value);
        }
    }

    /// <inheritdoc/>
    public override ulong Dr6
    {
        get => Field64(Vmcb.Dr6);
        set => Field64(Vmcb.Dr6) = value;
    }

    /// <inheritdoc/>
    public override ulong Cr3
    {
        get => Field64(Vmcb.Cr3);
        set
        {
            Field64(Vmcb.Cr3) = value;
            FlushTlb();
        }
    }

    /// <inheritdoc/>
    public override ulong Cr4
    {
        get => Field64(Vmcb.Cr4);
        set
        {
            Field64(Vmcb.Cr4) = value;
            FlushTlb();
        }
    }

    /// <summary>EFER without SVME, which VMRUN demands and the guest must not see (AMD APM vol. 2, 15.5.1).</summary>
    public override ulong Efer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Field64(Vmcb.Efer) & ~EferSvme;
        set
        {
            Field64(Vmcb.Efer) = value | EferSvme;
            FlushTlb();
        }
    }

    /// <inheritdoc/>
    protected override void SetPat(ulong value) => Field64(Vmcb.GPat) = value;

    /// <inheritdoc/>
    public override int Cpl => _vmcb[Vmcb.Cpl];

    /// <inheritdoc/>
    public override bool InterruptShadow
    {
        get => (_vmcb[Vmcb.InterruptShadow] & 1) != 0;
        set => _vmcb[Vmcb.InterruptShadow] = (byte)(value ? _vmcb[Vmcb.InterruptShadow] | 1 : _vmcb[Vmcb.InterruptShadow] & ~1);
    }

    /// <summary>QEMU's TCG stores the interrupt shadow at #VMEXIT but does not load it at VMRUN (AMD APM vol. 2, 15.21.5).</summary>
    public override bool LosesInterruptShadow => (_vmcb[Vmcb.InterruptShadow] & 1) != 0 && _host.IsTcg;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool Retire(ulong nextRip)
    {
        byte* vmcb = _vmcb;
        *(ulong*)(vmcb + Vmcb.Rip) = nextRip;
        vmcb[Vmcb.InterruptShadow] &= 0xFE;
        return (*(uint*)(vmcb + Vmcb.Rflags) & TrapOrResume) != 0;
    }

    /// <inheritdoc/>
    public override int TaskPriority
    {
        get => _vmcb[Vmcb.VIntr] & 0xF;
        set => _vmcb[Vmcb.VIntr] = (byte)value;
    }

    /// <inheritdoc/>
    public override ulong TscOffset
    {
        get => _tscOffset;
        set
        {
            _tscOffset = value;
            SetTscOffset();
        }
    }

    /// <inheritdoc/>
    public override ulong NestedRoot
    {
        set
        {
            Field64(Vmcb.NCr3) = value;
            FlushTlb();
        }
    }

    /// <inheritdoc/>
    public override ulong Xcr0
    {
        get => _extendedState.Xcr0;
        set => _extendedState.Xcr0 = value;
    }

    /// <inheritdoc/>
    public override uint TscAux
    {
        get => _extendedState.TscAux;
        set => _extendedState.TscAux = value;
    }

    /// <inheritdoc/>
    public override Segment GetSegment(SegmentRegister register)
    {
        byte* field = _vmcb + SegmentOffset(register);
        return new Segment(*(ushort*)field, *(ushort*)(field + 2), *(uint*)(field + 4), *(ulong*)(field + 8));
    }

    /// <inheritdoc/>
    public override void SetSegment(SegmentRegister register, Segment value)
    {
        byte* field = _vmcb + SegmentOffset(register);
        *(ushort*)field = value.Selector;
        *(ushort*)(field + 2) = value.Attributes;
        *(uint*)(field + 4) = value.Limit;
        *(ulong*)(field + 8) = value.Base;
        if (register == SegmentRegister.Ss)
        {
            _vmcb[Vmcb.Cpl] = (byte)value.Dpl;
        }
    }

    /// <inheritdoc/>
    public override ushort CodeAttributes => *(ushort*)(_vmcb + Vmcb.Cs + sizeof(ushort));

    /// <inheritdoc/>
    public override ulong GetSegmentBase(SegmentRegister register) => Field64(SegmentOffset(register) + 8);

    /// <summary>
    /// Asks for the flush that TLB_CONTROL does at the next VMRUN: this guest's entries where the processor can tell them apart, else all
    /// (AMD APM vol. 2, 15.16.2).
    /// </summary>
    public override void FlushTlb() => _vmcb[Vmcb.TlbControl] = _host.Features.FlushByAsid ? TlbFlushGuest : TlbFlushAll;

    /// <inheritdoc/>
    public override void Run(ref VmExit exit)
    {
        if (_pendingEvents != 0)
        {
            if (_tripleFault)
            {
                exit.Rip = Rip;
                exit.Reason = ExitReason.Shutdown;
                return;
            }

            if (_pendingEvents == WindowWanted && IsWindowOpen())
            {
                exit.Rip = Rip;
                exit.Reason = ExitReason.InterruptWindow;
                exit.Qualification = ExitCode.Vintr;
                return;
            }

            SetEventInjection();
            Enter(ref exit);
            if (_virtualInterrupt)
            {
                EndVirtualInterrupt();
            }

            return;
        }

        Enter(ref exit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(ref VmExit exit)
    {
        SvmAssembly.SvmEnter(_registers, _vmcb, _hostVmcb);

        byte* vmcb = _vmcb;
        *(ulong*)(vmcb + Vmcb.EventInj) = 0;
        vmcb[Vmcb.TlbControl] = 0;
        if ((*(uint*)(vmcb + Vmcb.ExitIntInfo) & (uint)EventInjectionFormat.Valid) != 0)
        {
            RequeueInterruptedEvent();
        }

        SvmExitDecoder.Decode(vmcb, _hasNextRip, ref exit);
    }

    /// <inheritdoc/>
    public override void Attach(int pcpu)
    {
        SvmPcpu here = _host[pcpu];
        if (_pcpu != here || _asidGeneration != here.AsidGeneration)
        {
            // What this vCPU left in the TLB here when it ran here last may be stale; with a new identifier it is out of use. What an earlier
            // user of that one left is flushed before it is used.
            _pcpu = here;
            _hostVmcb = here.HostVmcb;
            _asid = here.TakeAsid();
            _asidGeneration = here.AsidGeneration;
            Field32(Vmcb.GuestAsid) = _asid;
            FlushTlb();
        }

        // Nothing of the VMCB is cached here (AMD APM vol. 2, 15.15.3).
        Field32(Vmcb.VmcbClean) = 0;
        SetTscOffset();
    }

    /// <inheritdoc/>
    public override void LoadExtendedState()
    {
        _extendedState.Load();
        Intrinsics.WriteCr2(Field64(Vmcb.Cr2)); // see Cr2
    }

    /// <inheritdoc/>
    public override void SaveExtendedState() => _extendedState.Save();

    // The guest's counter goes on when the vCPU moves to a pCPU whose own is ahead.
    private void SetTscOffset() => Field64(Vmcb.TscOffset) = _tscOffset - (ulong)(_pcpu == null ? 0 : _pcpu.TscOffset);

    private static int SegmentOffset(SegmentRegister register) => Vmcb.Es + ((int)register * 0x10);

    private ref ulong Field64(int offset) => ref *(ulong*)(_vmcb + offset);

    private ref uint Field32(int offset) => ref *(uint*)(_vmcb + offset);
}
