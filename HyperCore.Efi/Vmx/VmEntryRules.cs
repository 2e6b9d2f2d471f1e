namespace HyperCore.Efi.Vmx;

/// <summary>
/// The rules of VM entries that HyperCore relies on (Intel SDM vol. 3C, chapter 27), so that a state that breaks one is reported by name. A test build
/// asks before each entry, every build after a refused one.
/// </summary>
internal static class VmEntryRules
{
    private const ulong ProtectionEnable = 1;
    private const ulong Paging = 1ul << 31;
    private const ulong PhysicalAddressExtension = 1ul << 5;
    private const ulong ProcessContext = 1ul << 17;
    private const ulong EferReserved = ~0xD01ul;
    private const ulong LongModeEnable = 1ul << 8;
    private const ulong LongModeActive = 1ul << 10;
    private const ulong InterruptFlag = 1ul << 9;
    private const ulong TrapFlag = 1ul << 8;
    private const ulong Virtual8086 = 1ul << 17;
    private const uint Long = 1u << 13;
    private const uint Big = 1u << 14;
    private const ulong PageOffset = 0xFFF;

    /// <summary>The first rule that is broken, with its section; null when there is none.</summary>
    /// <param name="vmcs">The VMCS that is to be entered.</param>
    /// <param name="capabilities">What the processor allows.</param>
    public static string? FindBroken(VmcsReader vmcs, VmxCapabilities capabilities) =>
        FindInControls(vmcs, capabilities) ?? FindInHost(vmcs, capabilities) ?? FindInGuestRegisters(vmcs, capabilities) ?? FindInSegments(vmcs)
        ?? FindInTables(vmcs) ?? FindInEvents(vmcs) ?? FindInState(vmcs);

    private static string? FindInControls(VmcsReader vmcs, VmxCapabilities capabilities)
    {
        if (!capabilities.Pin.Accepts((uint)vmcs.Read(VmcsField.PinControls)))
        {
            return "27.2.1.1: pin-based controls";
        }

        if (!capabilities.Processor.Accepts((uint)vmcs.Read(VmcsField.ProcessorControls)))
        {
            return "27.2.1.1: primary processor-based controls";
        }

        if (!capabilities.Secondary.Accepts((uint)vmcs.Read(VmcsField.SecondaryControls)))
        {
            return "27.2.1.1: secondary processor-based controls";
        }

        if (FindInApicControls(vmcs) is { } broken)
        {
            return broken;
        }

        if (((vmcs.Read(VmcsField.MsrBitmap) | vmcs.Read(VmcsField.IoBitmapA) | vmcs.Read(VmcsField.IoBitmapB)) & PageOffset) != 0)
        {
            return "27.2.1.1: a bitmap does not begin at a page";
        }

        // Write-back, four levels.
        if ((vmcs.Read(VmcsField.EptPointer) & 0x3F) != 0x1E)
        {
            return "27.2.1.1: EPT pointer";
        }

        if ((vmcs.Read(VmcsField.SecondaryControls) & SecondaryControl.EnableVpid) != 0 && vmcs.Read(VmcsField.Vpid) == 0)
        {
            return "27.2.1.1: VPID 0";
        }

        if (!capabilities.Exit.Accepts((uint)vmcs.Read(VmcsField.ExitControls)))
        {
            return "27.2.1.2: VM-exit controls";
        }

        return capabilities.Entry.Accepts((uint)vmcs.Read(VmcsField.EntryControls)) ? null : "27.2.1.3: VM-entry controls";
    }

    private static string? FindInApicControls(VmcsReader vmcs)
    {
        var secondary = (uint)vmcs.Read(VmcsField.SecondaryControls);
        bool delivers = (secondary & SecondaryControl.VirtualInterruptDelivery) != 0;
        bool hasShadow = (vmcs.Read(VmcsField.ProcessorControls) & ProcessorControl.UseTprShadow) != 0;
        if (hasShadow && (vmcs.Read(VmcsField.VirtualApicPage) & PageOffset) != 0)
        {
            return "27.2.1.1: the virtual-APIC page does not begin at a page";
        }

        if (hasShadow && !delivers && (vmcs.Read(VmcsField.TprThreshold) & ~0xFul) != 0)
        {
            return "27.2.1.1: TPR threshold";
        }

        const uint needShadow = SecondaryControl.VirtualizeX2ApicMode | SecondaryControl.ApicRegisterVirtualization | SecondaryControl.VirtualInterruptDelivery;
        if (!hasShadow && (secondary & needShadow) != 0)
        {
            return "27.2.1.1: APIC virtualization without TPR shadow";
        }

        if (delivers && (vmcs.Read(VmcsField.PinControls) & PinControl.ExternalInterruptExiting) == 0)
        {
            return "27.2.1.1: virtual-interrupt delivery without external-interrupt exiting";
        }

        if ((secondary & SecondaryControl.VirtualizeApicAccesses) == 0)
        {
            return null;
        }

        if ((secondary & SecondaryControl.VirtualizeX2ApicMode) != 0)
        {
            return "27.2.1.1: both APIC accesses and x2APIC mode are virtualized";
        }

        ulong page = vmcs.Read(VmcsField.ApicAccessAddress);
        return page == 0 || (page & PageOffset) != 0 ? "27.2.1.1: the APIC-access page does not begin at a page" : null;
    }

    private static string? FindInHost(VmcsReader vmcs, VmxCapabilities capabilities)
    {
        ulong cr0 = vmcs.Read(VmcsField.HostCr0);
        if ((cr0 & capabilities.Cr0Fixed0) != capabilities.Cr0Fixed0 || (cr0 & ~capabilities.Cr0Fixed1) != 0)
        {
            return "27.2.2: host CR0";
        }

        ulong cr4 = vmcs.Read(VmcsField.HostCr4);
        if ((cr4 & capabilities.Cr4Fixed0) != capabilities.Cr4Fixed0 || (cr4 & ~capabilities.Cr4Fixed1) != 0 || (cr4 & PhysicalAddressExtension) == 0)
        {
            return "27.2.2: host CR4";
        }

        if (!IsPat(vmcs.Read(VmcsField.HostPat)))
        {
            return "27.2.2: host IA32_PAT";
        }

        ulong efer = vmcs.Read(VmcsField.HostEfer);
        if ((efer & EferReserved) != 0 || (efer & (LongModeActive | LongModeEnable)) != (LongModeActive | LongModeEnable))
        {
            return "27.2.2: host IA32_EFER";
        }

        ulong selectors = vmcs.Read(VmcsField.HostCsSelector) | vmcs.Read(VmcsField.HostSsSelector) | vmcs.Read(VmcsField.HostDsSelector)
            | vmcs.Read(VmcsField.HostEsSelector) | vmcs.Read(VmcsField.HostFsSelector) | vmcs.Read(VmcsField.HostGsSelector)
            | vmcs.Read(VmcsField.HostTrSelector);
        if ((selectors & 7) != 0 || vmcs.Read(VmcsField.HostCsSelector) == 0 || vmcs.Read(VmcsField.HostTrSelector) == 0)
        {
            return "27.2.3: a host selector";
        }

        bool isCanonical = IsCanonical(vmcs.Read(VmcsField.HostFsBase)) && IsCanonical(vmcs.Read(VmcsField.HostGsBase))
            && IsCanonical(vmcs.Read(VmcsField.HostTrBase)) && IsCanonical(vmcs.Read(VmcsField.HostGdtrBase))
            && IsCanonical(vmcs.Read(VmcsField.HostIdtrBase)) && IsCanonical(vmcs.Read(VmcsField.HostRip));
        return isCanonical ? null : "27.2.3: a host base or RIP is not canonical";
    }

    private static string? FindInGuestRegisters(VmcsReader vmcs, VmxCapabilities capabilities)
    {
        // Unrestricted guests may have PE and PG clear; NW and CD are not checked.
        ulong cr0 = vmcs.Read(VmcsField.GuestCr0);
        ulong required = capabilities.Cr0Fixed0 & ~(ProtectionEnable | Paging);
        if ((cr0 & required) != required || (cr0 & ~capabilities.Cr0Fixed1) != 0)
        {
            return "27.3.1.1: CR0 has bits that VMX operation does not allow";
        }

        if ((cr0 & (Paging | ProtectionEnable)) == Paging)
        {
            return "27.3.1.1: CR0.PG without PE";
        }

        ulong cr4 = vmcs.Read(VmcsField.GuestCr4);
        if ((cr4 & capabilities.Cr4Fixed0) != capabilities.Cr4Fixed0 || (cr4 & ~capabilities.Cr4Fixed1) != 0)
        {
            return "27.3.1.1: CR4 has bits that VMX operation does not allow";
        }

        bool isLong = (vmcs.Read(VmcsField.EntryControls) & EntryControl.Ia32eModeGuest) != 0;
        if (isLong && ((cr0 & Paging) == 0 || (cr4 & PhysicalAddressExtension) == 0))
        {
            return "27.3.1.1: IA-32e mode without paging or CR4.PAE";
        }

        if (!isLong && (cr4 & ProcessContext) != 0)
        {
            return "27.3.1.1: CR4.PCIDE outside IA-32e mode";
        }

        if (!IsPat(vmcs.Read(VmcsField.GuestPat)))
        {
            return "27.3.1.1: IA32_PAT";
        }

        ulong efer = vmcs.Read(VmcsField.GuestEfer);
        if ((efer & EferReserved) != 0 || ((efer & LongModeActive) != 0) != isLong)
        {
            return "27.3.1.1: IA32_EFER.LMA is not the entry control IA-32e mode guest";
        }

        if ((cr0 & Paging) != 0 && ((efer & LongModeEnable) != 0) != isLong)
        {
            return "27.3.1.1: IA32_EFER.LME is not LMA";
        }

        return vmcs.Read(VmcsField.GuestDr7) >> 32 == 0 ? null : "27.3.1.1: DR7";
    }

    private static string? FindInSegments(VmcsReader vmcs)
    {
        var tr = (uint)vmcs.Read(VmcsField.GuestTrAccessRights);
        bool isLong = (vmcs.Read(VmcsField.EntryControls) & EntryControl.Ia32eModeGuest) != 0;
        if ((tr & SegmentRights.Unusable) != 0 || ((tr & 0xF) != 11 && (isLong || (tr & 0xF) != 3)) || (tr & 0x90) != 0x80)
        {
            return "27.3.1.2: TR is not a busy TSS";
        }

        var ldtr = (uint)vmcs.Read(VmcsField.GuestLdtrAccessRights);
        if ((ldtr & SegmentRights.Unusable) == 0 && (ldtr & 0x9F) != 0x82)
        {
            return "27.3.1.2: LDTR";
        }

        if ((vmcs.Read(VmcsField.GuestRflags) & Virtual8086) != 0)
        {
            return null;
        }

        var cs = (uint)vmcs.Read(VmcsField.GuestCsAccessRights);
        if ((cs & (SegmentRights.Unusable | 0x90)) != 0x90 || ((cs & 9) != 9 && (cs & 0xF) != 3))
        {
            return "27.3.1.2: CS is not a present, accessed code segment";
        }

        if (isLong && (cs & (Long | Big)) == (Long | Big))
        {
            return "27.3.1.2: CS has L and D";
        }

        for (uint field = 0; field < 12; field += 2)
        {
            var rights = (uint)vmcs.Read(VmcsField.GuestEsAccessRights + field);
            if ((rights & SegmentRights.Unusable) != 0)
            {
                continue;
            }

            if ((rights & 0x91) != 0x91)
            {
                return "27.3.1.2: a usable segment is not present and accessed code or data";
            }

            var limit = (uint)vmcs.Read(VmcsField.GuestEsLimit + field);
            bool isGranular = (rights & SegmentRights.Granularity) != 0;
            if (isGranular ? (limit & 0xFFF) != 0xFFF : limit >> 20 != 0)
            {
                return "27.3.1.2: the granularity of a segment does not fit its limit";
            }
        }

        return null;
    }

    private static string? FindInTables(VmcsReader vmcs)
    {
        if (!IsCanonical(vmcs.Read(VmcsField.GuestGdtrBase)) || !IsCanonical(vmcs.Read(VmcsField.GuestIdtrBase)))
        {
            return "27.3.1.3: the base of GDTR or IDTR is not canonical";
        }

        if ((vmcs.Read(VmcsField.GuestGdtrLimit) | vmcs.Read(VmcsField.GuestIdtrLimit)) >> 16 != 0)
        {
            return "27.3.1.3: the limit of GDTR or IDTR";
        }

        bool is64 = (vmcs.Read(VmcsField.EntryControls) & EntryControl.Ia32eModeGuest) != 0
            && (vmcs.Read(VmcsField.GuestCsAccessRights) & Long) != 0;
        ulong rip = vmcs.Read(VmcsField.GuestRip);
        if (is64 ? !IsCanonical(rip) : rip >> 32 != 0)
        {
            return "27.3.1.4: RIP";
        }

        ulong rflags = vmcs.Read(VmcsField.GuestRflags);
        return (rflags & ~0x3F_7FD7ul) == 0 && (rflags & 2) != 0 ? null : "27.3.1.4: RFLAGS has reserved bits";
    }

    private static string? FindInEvents(VmcsReader vmcs)
    {
        var information = (uint)vmcs.Read(VmcsField.EntryInterruptionInfo);
        if ((information & InterruptionFormat.Valid) == 0)
        {
            return null;
        }

        uint type = information & InterruptionFormat.TypeMask;
        bool isException = type == InterruptionFormat.TypeHardwareException;
        uint vector = information & InterruptionFormat.VectorMask;
        bool hasErrorCode = isException && (vector is 8 or 17 or (>= 10 and <= 14)) && (vmcs.Read(VmcsField.GuestCr0) & ProtectionEnable) != 0;
        if (hasErrorCode != ((information & InterruptionFormat.ErrorCodeValid) != 0))
        {
            return "27.2.1.3: an exception with an error code that has none, or the other way round";
        }

        if (isException && vector > 31)
        {
            return "27.2.1.3: an exception above 31";
        }

        ulong interruptibility = vmcs.Read(VmcsField.Interruptibility);
        if (type == InterruptionFormat.TypeExternalInterrupt && ((interruptibility & 3) != 0 || (vmcs.Read(VmcsField.GuestRflags) & InterruptFlag) == 0))
        {
            return "27.3.1.5: an interrupt that the guest cannot take";
        }

        return type == InterruptionFormat.TypeNmi && (interruptibility & 0xA) != 0 ? "27.3.1.5: an NMI that the guest cannot take" : null;
    }

    private static string? FindInState(VmcsReader vmcs)
    {
        if (vmcs.Read(VmcsField.ActivityState) != 0)
        {
            return "27.3.1.5: the activity state is not active";
        }

        ulong interruptibility = vmcs.Read(VmcsField.Interruptibility);
        ulong rflags = vmcs.Read(VmcsField.GuestRflags);
        if ((interruptibility & ~0x1Ful) != 0 || (interruptibility & 3) == 3 || ((interruptibility & 1) != 0 && (rflags & InterruptFlag) == 0))
        {
            return "27.3.1.5: interruptibility state";
        }

        ulong pending = vmcs.Read(VmcsField.PendingDebugExceptions);
        if ((pending & ~0x1_500Ful) != 0)
        {
            return "27.3.1.5: pending debug exceptions";
        }

        // With a shadow the single-step trap is pending exactly when TF is set (DEBUGCTL.BTF is always clear here).
        if ((interruptibility & 3) != 0 && ((pending >> 14 & 1) != 0) != ((rflags & TrapFlag) != 0))
        {
            return "27.3.1.5: a single-step trap in an interrupt shadow";
        }

        return vmcs.Read(VmcsField.VmcsLinkPointer) == ulong.MaxValue ? null : "27.3.1.5: VMCS link pointer";
    }

    private static bool IsPat(ulong value)
    {
        for (int shift = 0; shift < 64; shift += 8)
        {
            if ((value >> shift & 0xFF) is not (0 or 1 or 4 or 5 or 6 or 7))
            {
                return false;
            }
        }

        return true;
    }

    // With 57 bits more is canonical; neither HyperCore nor its guests use them.
    private static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;
}
