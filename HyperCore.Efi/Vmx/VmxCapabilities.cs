using HyperCore.Core.Devices;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// What a processor's VMX offers, as its capability MSRs report it (Intel SDM vol. 3D, appendix A), and the controls that HyperCore sets there. To be
/// made only for a processor with VMX.
/// </summary>
internal sealed class VmxCapabilities
{
    // IA32_VMX_MISC (A.6).
    private const ulong MiscellaneousTimerRateMask = 0x1F;

    private const ulong BasicTrueControls = 1ul << 55;
    private const ulong BasicMemoryTypeMask = 0xFul << 50;
    private const ulong BasicWriteBack = 6ul << 50;
    private const uint BasicRevisionMask = 0x7FFF_FFFF;

    // IA32_VMX_EPT_VPID_CAP (A.10).
    private const ulong EptWalk4 = 1ul << 6;
    private const ulong EptWriteBack = 1ul << 14;
    private const ulong Ept2M = 1ul << 16;
    private const ulong Ept1G = 1ul << 17;
    private const ulong EptInvept = 1ul << 20;
    private const ulong EptAccessedDirty = 1ul << 21;
    private const ulong EptInveptSingle = 1ul << 25;
    private const ulong EptInveptAll = 1ul << 26;
    private const ulong VpidInvvpid = 1ul << 32;
    private const ulong VpidInvvpidSingle = 1ul << 41;
    private const ulong VpidInvvpidAll = 1ul << 42;

    private const uint NeededPin = PinControl.ExternalInterruptExiting | PinControl.NmiExiting | PinControl.VirtualNmis;

    private const uint WantedPin = NeededPin | PinControl.ActivatePreemptionTimer;

    // What exits with SVM too, and nothing more. Guests own no port, so the I/O bitmaps are all ones.
    private const uint NeededProcessor = ProcessorControl.UseTscOffsetting | ProcessorControl.HltExiting | ProcessorControl.RdpmcExiting
        | ProcessorControl.UseTprShadow | ProcessorControl.UseMsrBitmaps | ProcessorControl.ActivateSecondaryControls;

    private const uint WantedProcessor = NeededProcessor | ProcessorControl.UseIoBitmaps | ProcessorControl.MwaitExiting | ProcessorControl.MonitorExiting;

    // Each would cost an exit at what guests do all the time, and HyperCore has nothing to say to it.
    private const uint UnwantedProcessor = ProcessorControl.Cr3LoadExiting | ProcessorControl.Cr3StoreExiting | ProcessorControl.InvlpgExiting
        | ProcessorControl.RdtscExiting | ProcessorControl.MovDrExiting;

    private const uint WantedSecondary = SecondaryControl.EnableEpt | SecondaryControl.UnrestrictedGuest | SecondaryControl.EnableVpid
        | SecondaryControl.EnableRdtscp | SecondaryControl.EnableInvpcid | SecondaryControl.WbinvdExiting | SecondaryControl.EnclsExiting
        | SecondaryControl.EnableXsaves;

    // Virtual-interrupt delivery alone would make every access an exit, and the other two alone leave every interrupt to software: all or none.
    private const uint ApicVirtualization = SecondaryControl.VirtualizeApicAccesses | SecondaryControl.ApicRegisterVirtualization
        | SecondaryControl.VirtualInterruptDelivery;

    private const uint NeededExit = ExitControl.SaveDebugControls | ExitControl.HostAddressSpaceSize | ExitControl.SavePat | ExitControl.LoadPat
        | ExitControl.SaveEfer | ExitControl.LoadEfer;

    private const uint NeededEntry = EntryControl.LoadDebugControls | EntryControl.LoadPat | EntryControl.LoadEfer;

    private readonly ulong _basic;
    private readonly ulong _eptVpid;

    /// <summary>Reads the capabilities.</summary>
    public VmxCapabilities(MsrReader msrs)
    {
        _basic = msrs.Read(VmxMsr.Basic);

        // The TRUE registers tell which controls of the default1 class may be 0 (A.2).
        Pin = new ControlCapability(msrs.Read(HasTrueControls ? VmxMsr.TruePinBasedControls : VmxMsr.PinBasedControls));
        Processor = new ControlCapability(msrs.Read(HasTrueControls ? VmxMsr.TrueProcessorControls : VmxMsr.ProcessorControls));
        Exit = new ControlCapability(msrs.Read(HasTrueControls ? VmxMsr.TrueExitControls : VmxMsr.ExitControls));
        Entry = new ControlCapability(msrs.Read(HasTrueControls ? VmxMsr.TrueEntryControls : VmxMsr.EntryControls));
        PreemptionTimerRate = TimerRate(msrs);
        Cr0Fixed0 = msrs.Read(VmxMsr.Cr0Fixed0);
        Cr0Fixed1 = msrs.Read(VmxMsr.Cr0Fixed1);
        Cr4Fixed0 = msrs.Read(VmxMsr.Cr4Fixed0);
        Cr4Fixed1 = msrs.Read(VmxMsr.Cr4Fixed1);

        // The registers exist only with the controls that they describe (A.3.3, A.10).
        Secondary = Processor.CanSet(ProcessorControl.ActivateSecondaryControls) ? new ControlCapability(msrs.Read(VmxMsr.SecondaryControls)) : default;
        _eptVpid = HasEpt || Secondary.CanSet(SecondaryControl.EnableVpid) ? msrs.Read(VmxMsr.EptVpidCapabilities) : 0;
    }

    /// <summary>What the first four bytes of a VMXON region and of a VMCS must be.</summary>
    public uint RevisionId => (uint)_basic & BasicRevisionMask;

    /// <summary>Pin-based controls.</summary>
    public ControlCapability Pin { get; }

    /// <summary>Primary processor-based controls.</summary>
    public ControlCapability Processor { get; }

    /// <summary>Secondary processor-based controls; nothing is allowed when there are none.</summary>
    public ControlCapability Secondary { get; }

    /// <summary>VM-exit controls.</summary>
    public ControlCapability Exit { get; }

    /// <summary>VM-entry controls.</summary>
    public ControlCapability Entry { get; }

    /// <summary>Bits of CR0 that must be 1 in VMX operation.</summary>
    public ulong Cr0Fixed0 { get; }

    /// <summary>Bits of CR0 that may be 1 in VMX operation.</summary>
    public ulong Cr0Fixed1 { get; }

    /// <summary>Bits of CR4 that must be 1 in VMX operation.</summary>
    public ulong Cr4Fixed0 { get; }

    /// <summary>Bits of CR4 that may be 1 in VMX operation.</summary>
    public ulong Cr4Fixed1 { get; }

    /// <summary>Extended page tables.</summary>
    public bool HasEpt => Secondary.CanSet(SecondaryControl.EnableEpt);

    /// <summary>Real mode and unpaged protected mode in a guest.</summary>
    public bool HasUnrestrictedGuest => Secondary.CanSet(SecondaryControl.UnrestrictedGuest);

    /// <summary>Guests may have TLB entries of their own; only worth something with a way to invalidate them.</summary>
    public bool HasVpid => Secondary.CanSet(SecondaryControl.EnableVpid) && Has(VpidInvvpid) && (Has(VpidInvvpidSingle) || Has(VpidInvvpidAll));

    /// <summary>INVVPID can name a VPID.</summary>
    public bool HasInvvpidSingle => Has(VpidInvvpidSingle);

    /// <summary>INVEPT can name an EPTP.</summary>
    public bool HasInveptSingle => Has(EptInveptSingle);

    /// <summary>Extended page tables may have 1 GiB pages.</summary>
    public bool HasEpt1G => Has(Ept1G);

    /// <summary>The processor sets accessed and dirty bits in extended page tables.</summary>
    public bool HasAccessedDirty => Has(EptAccessedDirty);

    /// <summary>The preemption timer counts down by one whenever this bit of the time-stamp counter changes.</summary>
    public int PreemptionTimerRate { get; }

    /// <summary>Guest mode can be left after a number of ticks.</summary>
    public bool HasPreemptionTimer => Pin.CanSet(PinControl.ActivatePreemptionTimer);

    /// <summary>RDTSCP works in a guest.</summary>
    public bool HasRdtscp => Secondary.CanSet(SecondaryControl.EnableRdtscp);

    /// <summary>INVPCID works in a guest.</summary>
    public bool HasInvpcid => Secondary.CanSet(SecondaryControl.EnableInvpcid);

    /// <summary>XSAVES and XRSTORS work in a guest.</summary>
    public bool HasXsaves => Secondary.CanSet(SecondaryControl.EnableXsaves);

    /// <summary>The processor can deliver virtual interrupts, and carry out accesses to the page of a local APIC (SDM vol. 3C, chapter 30).</summary>
    public bool HasApicVirtualization => Secondary.CanSet(ApicVirtualization) && Processor.CanSet(ProcessorControl.UseTprShadow)
        && Pin.CanSet(PinControl.ExternalInterruptExiting);

    /// <summary>The same for the MSRs of x2APIC mode.</summary>
    public bool HasX2ApicVirtualization => HasApicVirtualization && Secondary.CanSet(SecondaryControl.VirtualizeX2ApicMode);

    /// <summary>The pin-based controls to set.</summary>
    public uint PinControls => Pin.Adjust(WantedPin);

    /// <summary>The primary processor-based controls to set.</summary>
    public uint ProcessorControls =>
        Processor.Adjust(WantedProcessor | (Processor.CanSet(ProcessorControl.UseIoBitmaps) ? 0 : ProcessorControl.UnconditionalIoExiting));

    /// <summary>The secondary processor-based controls to set.</summary>
    public uint SecondaryControls => Secondary.Adjust(WantedSecondary) & ~(HasVpid ? 0 : SecondaryControl.EnableVpid);

    /// <summary>What a VM with several vCPUs sets as well: PAUSE in a loop exits. A vCPU that is alone waits for no other.</summary>
    public uint PauseLoopControl(int vcpus) => vcpus > 1 && Secondary.CanSet(SecondaryControl.PauseLoopExiting) ? SecondaryControl.PauseLoopExiting : 0;

    /// <summary>
    /// What a vCPU with <see cref="HasApicVirtualization"/> sets as well. Its interrupts are always delivered by the processor; accesses that the processor
    /// does not carry out are exits, and emulated on the same registers.
    /// </summary>
    public uint ApicControls(ApicAccess access) => access switch
    {
        ApicAccess.Page => ApicVirtualization,
        ApicAccess.Msrs when HasX2ApicVirtualization => SecondaryControl.VirtualInterruptDelivery
            | SecondaryControl.ApicRegisterVirtualization | SecondaryControl.VirtualizeX2ApicMode,
        _ => SecondaryControl.VirtualInterruptDelivery,
    };

    /// <summary>The VM-exit controls to set.</summary>
    public uint ExitControls => Exit.Adjust(NeededExit);

    /// <summary>The VM-entry controls to set, for a guest that is not in IA-32e mode.</summary>
    public uint EntryControls => Entry.Adjust(NeededEntry);

    /// <summary>The EPTP for a table: write-back, four levels (SDM vol. 3C, 25.6.11).</summary>
    public ulong EptPointer(ulong root) => root | 6 | (3 << 3) | (HasAccessedDirty ? 1u << 6 : 0);

    /// <summary>What HyperCore needs and this processor's VMX has not, for the person at the machine; null when nothing is missing.</summary>
    public string? FindMissing()
    {
        if (!HasEpt)
        {
            return "this processor has VMX but no extended page tables (EPT), which HyperCore needs to run VMs";
        }

        if (!HasUnrestrictedGuest)
        {
            return "this processor has VMX but no unrestricted guest mode (guests in real mode), which HyperCore needs to run VMs";
        }

        return FindMissingInEpt() ?? FindMissingControl();
    }

    /// <summary>Another processor's VMX is the same, so that what was decided for this one goes for it too. Allocates nothing.</summary>
    /// <param name="msrs">The other processor's registers. It has VMX.</param>
    public bool IsLike(MsrReader msrs) =>
        msrs.Read(VmxMsr.Basic) == _basic
        && msrs.Read(HasTrueControls ? VmxMsr.TruePinBasedControls : VmxMsr.PinBasedControls) == Pin.Value
        && msrs.Read(HasTrueControls ? VmxMsr.TrueProcessorControls : VmxMsr.ProcessorControls) == Processor.Value
        && msrs.Read(HasTrueControls ? VmxMsr.TrueExitControls : VmxMsr.ExitControls) == Exit.Value
        && msrs.Read(HasTrueControls ? VmxMsr.TrueEntryControls : VmxMsr.EntryControls) == Entry.Value
        && TimerRate(msrs) == PreemptionTimerRate
        && msrs.Read(VmxMsr.Cr0Fixed0) == Cr0Fixed0 && msrs.Read(VmxMsr.Cr0Fixed1) == Cr0Fixed1
        && msrs.Read(VmxMsr.Cr4Fixed0) == Cr4Fixed0 && msrs.Read(VmxMsr.Cr4Fixed1) == Cr4Fixed1
        && (Secondary.Value == 0 || msrs.Read(VmxMsr.SecondaryControls) == Secondary.Value)
        && (_eptVpid == 0 || msrs.Read(VmxMsr.EptVpidCapabilities) == _eptVpid);

    private string? FindMissingInEpt()
    {
        if (!Has(EptWalk4) || !Has(EptWriteBack) || !Has(Ept2M))
        {
            return "this processor has VMX but no extended page tables of four levels in write-back memory with 2 MiB pages (IA32_VMX_EPT_VPID_CAP), which HyperCore needs to run VMs";
        }

        return Has(EptInvept) && (Has(EptInveptSingle) || Has(EptInveptAll)) ? null : "this processor has VMX but no INVEPT instruction (IA32_VMX_EPT_VPID_CAP), which HyperCore needs to run VMs";
    }

    private string? FindMissingControl()
    {
        if ((_basic & BasicMemoryTypeMask) != BasicWriteBack)
        {
            return "this processor has VMX but no VMCS in write-back memory (IA32_VMX_BASIC), which HyperCore needs to run VMs";
        }

        if (!Pin.CanSet(NeededPin))
        {
            return "this processor has VMX but no virtual NMIs (IA32_VMX_PINBASED_CTLS), which HyperCore needs to run VMs";
        }

        if (!Processor.CanSet(NeededProcessor))
        {
            return "this processor has VMX but no TPR shadow, MSR bitmaps or TSC offset (IA32_VMX_PROCBASED_CTLS), which HyperCore needs to run VMs";
        }

        if (!Processor.CanClear(UnwantedProcessor))
        {
            return "this processor has VMX but no way to let guests load CR3 (IA32_VMX_TRUE_PROCBASED_CTLS), which HyperCore needs to run VMs";
        }

        return Exit.CanSet(NeededExit) && Entry.CanSet(NeededEntry | EntryControl.Ia32eModeGuest)
            ? null : "this processor has VMX but no exchange of IA32_EFER and IA32_PAT at entries and exits (IA32_VMX_EXIT_CTLS, IA32_VMX_ENTRY_CTLS), which HyperCore needs to run VMs";
    }

    private static int TimerRate(MsrReader msrs) => (int)(msrs.Read(VmxMsr.Miscellaneous) & MiscellaneousTimerRateMask);

    private bool HasTrueControls => (_basic & BasicTrueControls) != 0;

    private bool Has(ulong eptVpidBit) => (_eptVpid & eptVpidBit) != 0;
}
