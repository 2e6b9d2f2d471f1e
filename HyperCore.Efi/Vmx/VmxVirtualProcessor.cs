using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// A vCPU on Intel VMX: one VMCS and the registers that entries and exits do not exchange. While the vCPU is loaded its VMCS is active on that pCPU
/// alone; otherwise it is clear, and who wants something of it makes it the current one for as long as that takes.
/// </summary>
internal sealed unsafe partial class VmxVirtualProcessor : VirtualProcessor
{
    private const int Page = 0x1000;
    private const ulong InterruptFlag = 1ul << 9;
    private const ulong TrapOrResume = 0x1_0100;
    private const ulong ShadowMask = 3;
    private const int TaskPriorityOffset = 0x80;
    private const int ApicRegistersOffset = 0x800;

    // Exits that need no look at anything but the frame.
    private const ulong PlainReasons = (1ul << (int)VmxExitReason.ExternalInterrupt) | (1ul << (int)VmxExitReason.Cpuid)
        | (1ul << (int)VmxExitReason.Hlt) | (1ul << (int)VmxExitReason.Io) | (1ul << (int)VmxExitReason.Rdmsr) | (1ul << (int)VmxExitReason.Wrmsr)
        | (1ul << (int)VmxExitReason.ApicAccess) | (1ul << (int)VmxExitReason.ApicWrite) | (1ul << (int)VmxExitReason.VirtualizedEoi);

    private readonly VmxHost _host;
    private readonly VmxCapabilities _capabilities;
    private readonly byte* _vmcs;
    private readonly byte* _virtualApic;
    private readonly VmxFrame* _frame;
    private readonly ExtendedState _extendedState;
    private readonly uint _secondaryControls;
    private readonly ushort _vpid;
    private VmxPcpu? _pcpu;
    private VmxPcpu? _hostStateOf;
    private VmxPcpu? _home;
    private ulong _eptPointer;
    private ulong _tscOffset;

    /// <summary>Creates a vCPU; <see cref="Reset"/> must be called before it runs.</summary>
    /// <param name="host">What all vCPUs share.</param>
    /// <param name="memory"><see cref="MemorySizeOf"/> bytes, page-aligned, zeroed.</param>
    /// <param name="vcpus">How many vCPUs its VM has.</param>
    public VmxVirtualProcessor(VmxHost host, byte* memory, int vcpus)
    {
        _host = host;
        _capabilities = host.Capabilities;
        _secondaryControls = _capabilities.SecondaryControls | _capabilities.PauseLoopControl(vcpus);
        _cr0Mask = (_capabilities.Cr0Fixed0 & ~Cr0UnrestrictedBits) | Cr0NotWriteThrough | Cr0CacheDisable;
        _cr4Mask = ~(Cr4GuestBits & _capabilities.Cr4Fixed1) | _capabilities.Cr4Fixed0;
        _vpid = host.TakeVpid();
        _vmcs = memory;
        _virtualApic = memory + Page;
        _frame = (VmxFrame*)(memory + (2 * Page));
        if (host.UsesApicVirtualization)
        {
            // The TPR is the local APIC's own: nobody has to be told that it changes.
            ApicRegisters = new ApicRegisterPage(_virtualApic, isUsedByProcessor: true);
            TaskPriorityByte = (byte*)_frame + VmxFrame.Length;
        }
        else
        {
            ApicRegisters = new ApicRegisterPage((byte*)_frame + ApicRegistersOffset);
            TaskPriorityByte = _virtualApic + TaskPriorityOffset;
        }

        _extendedState = new ExtendedState(host, memory + (3 * Page));
        *(uint*)_vmcs = _capabilities.RevisionId;
    }

    /// <inheritdoc/>
    public override GuestRegisters* Registers => (GuestRegisters*)_frame;

    /// <inheritdoc/>
    public override string? Refusal => _refusal;

    /// <summary>Bytes of contiguous, page-aligned memory that one vCPU needs.</summary>
    public static int MemorySizeOf(VmxHost host) => (3 * Page) + host.ExtendedStateSize;

    // Whether VMREAD and VMWRITE, on the pCPU that has loaded this vCPU, reach its VMCS.
    private bool IsCurrent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _pcpu is { } pcpu && pcpu.Current == this;
    }

    /// <inheritdoc/>
    public override void Run(ref VmExit exit)
    {
        do
        {
            if (_pendingEvents != 0 && !PrepareEntry())
            {
                exit.Rip = Rip;
                exit.Reason = ExitReason.Shutdown;
                return;
            }

            if (_pcpu!.Current != this)
            {
                MakeCurrent();
            }
        }
        while (!Enter(ref exit));
    }

    /// <summary>Enters the guest.</summary>
    /// <returns>False when the exit was the back end's own business.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Enter(ref VmExit exit)
    {
#if ENTRY_CHECKS
        if (FindBrokenRule() is { } broken)
        {
            Refuse(broken, ref exit);
            return true;
        }
#endif
        VmxFrame* frame = _frame;
        if (VmxAssembly.Enter(frame) != 0)
        {
            Refuse(FindBrokenRule(), ref exit);
            return true;
        }

        _known = 0;
        if ((frame->IdtVectoringInfo & InterruptionFormat.Valid) != 0)
        {
            RequeueInterruptedEvent();
        }

        var reason = (uint)frame->ExitReason;
        if ((reason >= 64 || (PlainReasons >> (int)reason & 1) == 0) && !TakeExit(reason))
        {
            return false;
        }

        VmxExitDecoder.Decode(*frame, ref exit);
        return true;
    }

    /// <summary>Does what an exit other than the plain ones asks of the back end.</summary>
    /// <returns>False when that was all.</returns>
    private bool TakeExit(uint reason)
    {
        switch (reason)
        {
            case VmxExitReason.EptViolation:
                _frame->GuestPhysical = VmxAssembly.Read(VmcsField.GuestPhysicalAddress);
                if ((_frame->Qualification & InterruptionFormat.NmiUnblocking) != 0 && (_frame->IdtVectoringInfo & InterruptionFormat.Valid) == 0)
                {
                    BlockNmisAgain();
                }

                return true;
            case VmxExitReason.ExceptionOrNmi:
                TakeException();
                return true;
            case VmxExitReason.ControlRegister:
                return !TryMoveToControlRegister();
            case VmxExitReason.TprBelowThreshold:
            case VmxExitReason.InterruptWindow when _windowPriority <= TaskPriority: // the guest has raised CR8 since the window was asked for
                SetWindow();
                return false;
            case VmxExitReason.NmiWindow:
                SetProcessorControl(ProcessorControl.NmiWindowExiting, false);
                return true;
            default:
                if ((reason & VmxExitReason.EntryFailure) != 0)
                {
                    _refusal = FindBrokenRule();
                }

                return true;
        }
    }

    private void Refuse(string? rule, ref VmExit exit)
    {
        _refusal = rule;
        exit.Rip = Rip;
        exit.Reason = ExitReason.InvalidGuestState;
        exit.Qualification = VmxAssembly.Read(VmcsField.InstructionError);
    }

    /// <inheritdoc/>
    public override void Attach(int pcpu)
    {
        VmxPcpu here = _host[pcpu];
        if (_home != here)
        {
            // What this vCPU left in the TLB here when it ran here last may be stale.
            _home = here;
            _pendingEvents |= FlushAll;
        }
    }

    /// <inheritdoc/>
    public override void LoadExtendedState()
    {
        _pcpu = _home;
        MakeCurrent();
        VmxAssembly.Write(VmcsField.TscOffset, HostTscOffset());
        _extendedState.Load();
        LoadSystemRegisters();
    }

    /// <inheritdoc/>
    public override void SaveExtendedState()
    {
        _extendedState.Save();
        SaveSystemRegisters();

        // The next pCPU can only load it from memory (Intel SDM vol. 3C, 25.11.1).
        VmxAssembly.Clear((ulong)_vmcs);
        _frame->IsLaunched = 0;
        if (_pcpu is { } pcpu && pcpu.Current == this)
        {
            pcpu.Current = null;
        }

        _pcpu = null;
    }

    /// <inheritdoc/>
    public override void FlushTlb() => _pendingEvents |= FlushAll;

    private void MakeCurrent()
    {
        VmxAssembly.LoadPointer((ulong)_vmcs);
        _pcpu!.Current = this;
        if (_hostStateOf != _pcpu)
        {
            _hostStateOf = _pcpu;
            WriteHostState();
        }
    }

    private void Flush()
    {
        // Intel SDM vol. 3C, 29.4.3.1: linear mappings by INVVPID; mappings that depend on the EPT by INVEPT, whatever the VPID.
        if ((_pendingEvents & FlushLinear) != 0 && _capabilities.HasVpid)
        {
            VmxAssembly.InvalidateVpid(_capabilities.HasInvvpidSingle ? VmxAssembly.SingleContext : VmxAssembly.AllContexts, _vpid);
        }

        if ((_pendingEvents & FlushNested) != 0)
        {
            VmxAssembly.InvalidateEpt(_capabilities.HasInveptSingle ? VmxAssembly.SingleContext : VmxAssembly.AllContexts, _eptPointer);
        }

        _pendingEvents &= ~FlushAll;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Read(uint field) => IsCurrent ? VmxAssembly.Read(field) : ReadDetached(field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(uint field, ulong value)
    {
        if (IsCurrent)
        {
            VmxAssembly.Write(field, value);
        }
        else
        {
            WriteDetached(field, value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadDetached(uint field)
    {
        VmxAssembly.LoadPointer((ulong)_vmcs);
        ulong value = VmxAssembly.Read(field);
        Detach();
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteDetached(uint field, ulong value)
    {
        VmxAssembly.LoadPointer((ulong)_vmcs);
        VmxAssembly.Write(field, value);
        Detach();
    }

    // Whose VMCS was the current one on this pCPU loads it again before it needs it.
    private void Detach()
    {
        VmxAssembly.Clear((ulong)_vmcs);
        _frame->IsLaunched = 0;
        _host[PcpuBlock.Current()->Index].Current = null;
    }

    private string? FindBrokenRule() => VmEntryRules.FindBroken(_host.CurrentVmcs, _capabilities);
}
