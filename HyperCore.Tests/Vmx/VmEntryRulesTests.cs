using HyperCore.Core.Devices;
using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class VmEntryRulesTests
{
    private static readonly VmxCapabilities s_capabilities = new(FakeMsrs.Skylake());

    [Fact]
    public void FindBroken_RealModeAfterReset_IsNull() => Assert.Null(VmEntryRules.FindBroken(FakeVmcs.Real(s_capabilities), s_capabilities));

    [Fact]
    public void FindBroken_LongMode_IsNull() => Assert.Null(VmEntryRules.FindBroken(FakeVmcs.Long(s_capabilities), s_capabilities));

    [Theory]
    [InlineData(VmcsField.PinControls, 0ul, "27.2.1.1: pin")]
    [InlineData(VmcsField.ProcessorControls, 0ul, "27.2.1.1: primary")]
    [InlineData(VmcsField.SecondaryControls, 0x8000_0000ul, "27.2.1.1: secondary")]
    [InlineData(VmcsField.MsrBitmap, 1ul, "27.2.1.1: a bitmap")]
    [InlineData(VmcsField.TprThreshold, 0x10ul, "27.2.1.1: TPR")]
    [InlineData(VmcsField.EptPointer, 0x10_0006ul, "27.2.1.1: EPT")]
    [InlineData(VmcsField.Vpid, 0ul, "27.2.1.1: VPID")]
    [InlineData(VmcsField.ExitControls, 0ul, "27.2.1.2")]
    [InlineData(VmcsField.HostCr0, 0x8000_0013ul, "27.2.2: host CR0")]
    [InlineData(VmcsField.HostCr4, 0x20ul, "27.2.2: host CR4")]
    [InlineData(VmcsField.HostPat, 2ul, "27.2.2: host IA32_PAT")]
    [InlineData(VmcsField.HostEfer, 0ul, "27.2.2: host IA32_EFER")]
    [InlineData(VmcsField.HostTrSelector, 0ul, "27.2.3")]
    [InlineData(VmcsField.HostSsSelector, 0x13ul, "27.2.3")]
    [InlineData(VmcsField.HostGsBase, 0x8000_0000_0000ul, "27.2.3")]
    [InlineData(VmcsField.GuestCr0, 0x8000_0011ul, "27.3.1.1: CR0")] // without NE
    [InlineData(VmcsField.GuestCr0, 0x8000_0030ul, "27.3.1.1: CR0.PG")]
    [InlineData(VmcsField.GuestCr0, 0x31ul, "27.3.1.1: IA-32e")]
    [InlineData(VmcsField.GuestCr4, 0x20ul, "27.3.1.1: CR4")] // without VMXE
    [InlineData(VmcsField.GuestPat, 2ul, "27.3.1.1: IA32_PAT")]
    [InlineData(VmcsField.GuestEfer, 0x100ul, "27.3.1.1: IA32_EFER.LMA")]
    [InlineData(VmcsField.GuestEfer, 0x400ul, "27.3.1.1: IA32_EFER.LME")]
    [InlineData(VmcsField.GuestDr7, 0x1_0000_0400ul, "27.3.1.1: DR7")]
    [InlineData(VmcsField.GuestTrAccessRights, 0x89ul, "27.3.1.2: TR")]
    [InlineData(VmcsField.GuestTrAccessRights, 0x83ul, "27.3.1.2: TR")] // a 16-bit TSS in IA-32e mode
    [InlineData(VmcsField.GuestLdtrAccessRights, 0x80ul, "27.3.1.2: LDTR")]
    [InlineData(VmcsField.GuestCsAccessRights, 0x9Aul, "27.3.1.2: CS")]
    [InlineData(VmcsField.GuestCsAccessRights, 0xE09Bul, "27.3.1.2: CS has L and D")]
    [InlineData(VmcsField.GuestSsAccessRights, 0x92ul, "27.3.1.2: a usable")]
    [InlineData(VmcsField.GuestSsAccessRights, 0x8093ul, null)]
    [InlineData(VmcsField.GuestEsLimit, 0x10_0000ul, "27.3.1.2: the granularity")]
    [InlineData(VmcsField.GuestGdtrBase, 0x8000_0000_0000ul, "27.3.1.3")]
    [InlineData(VmcsField.GuestIdtrLimit, 0x1_0000ul, "27.3.1.3")]
    [InlineData(VmcsField.GuestRip, 0x8000_0000_0000ul, "27.3.1.4: RIP")]
    [InlineData(VmcsField.GuestRflags, 0ul, "27.3.1.4: RFLAGS")]
    [InlineData(VmcsField.GuestRflags, 0x40_0002ul, "27.3.1.4: RFLAGS")]
    [InlineData(VmcsField.ActivityState, 1ul, "27.3.1.5: the activity")]
    [InlineData(VmcsField.Interruptibility, 1ul, "27.3.1.5: interruptibility")] // STI with IF clear
    [InlineData(VmcsField.Interruptibility, 2ul, null)]
    [InlineData(VmcsField.PendingDebugExceptions, 0x10ul, "27.3.1.5: pending")]
    [InlineData(VmcsField.VmcsLinkPointer, 0ul, "27.3.1.5: VMCS")]
    public void FindBroken_OneFieldChanged_IsNamed(uint field, ulong value, string? rule)
    {
        FakeVmcs vmcs = FakeVmcs.Long(s_capabilities);
        vmcs[field] = value;

        string? broken = VmEntryRules.FindBroken(vmcs, s_capabilities);

        if (rule == null)
        {
            Assert.Null(broken);
        }
        else
        {
            Assert.StartsWith(rule, broken);
        }
    }

    // 0 stands for what makes a good one.
    [Theory]
    [InlineData(ApicAccess.Page, 0u, 0ul, null)]
    [InlineData(ApicAccess.Msrs, 0u, 0ul, null)]
    [InlineData(ApicAccess.None, 0u, 0ul, null)]
    [InlineData(ApicAccess.Page, VmcsField.TprThreshold, 0x10ul, null)] // not used with virtual-interrupt delivery
    [InlineData(ApicAccess.Page, VmcsField.ApicAccessAddress, 0x5008ul, "27.2.1.1: the APIC-access page")]
    [InlineData(ApicAccess.Page, VmcsField.VirtualApicPage, 0x5008ul, "27.2.1.1: the virtual-APIC page")]
    [InlineData(ApicAccess.Page, VmcsField.PinControls, 0x3Eul, "27.2.1.1: virtual-interrupt delivery")]
    [InlineData(ApicAccess.Page, VmcsField.ProcessorControls, 0x8400_6172ul, "27.2.1.1: APIC virtualization without TPR")]
    [InlineData(ApicAccess.Page, VmcsField.SecondaryControls, 0x313ul, "27.2.1.1: both")]
    public void FindBroken_ApicVirtualization_IsChecked(ApicAccess access, uint field, ulong value, string? rule)
    {
        var capabilities = new VmxCapabilities(FakeMsrs.WithApicVirtualization());
        FakeVmcs vmcs = FakeVmcs.Long(capabilities);
        vmcs[VmcsField.SecondaryControls] |= capabilities.ApicControls(access);
        vmcs[VmcsField.ApicAccessAddress] = 0x5000;
        vmcs[VmcsField.VirtualApicPage] = 0x6000;
        if (field != 0)
        {
            vmcs[field] = value;
        }

        string? broken = VmEntryRules.FindBroken(vmcs, capabilities);

        Assert.Equal(rule, rule == null ? broken : broken?[..System.Math.Min(rule.Length, broken.Length)]);
    }

    // Interruption information (table 25-17).
    [Theory]
    [InlineData(0x8000_0B0Du, 2ul, 0ul, null)] // #GP with error code
    [InlineData(0x8000_030Du, 2ul, 0ul, "27.2.1.3")] // without
    [InlineData(0x8000_0B06u, 2ul, 0ul, "27.2.1.3")] // #UD with one
    [InlineData(0x8000_0320u, 2ul, 0ul, "27.2.1.3")]
    [InlineData(0x8000_0030u, 0x202ul, 0ul, null)] // interrupt
    [InlineData(0x8000_0030u, 2ul, 0ul, "27.3.1.5")]
    [InlineData(0x8000_0030u, 0x202ul, 1ul, "27.3.1.5")]
    [InlineData(0x8000_0202u, 2ul, 0ul, null)] // NMI
    [InlineData(0x8000_0202u, 2ul, 8ul, "27.3.1.5")]
    public void FindBroken_Event_MustBeDeliverable(uint information, ulong rflags, ulong interruptibility, string? rule)
    {
        FakeVmcs vmcs = FakeVmcs.Long(s_capabilities);
        vmcs[VmcsField.EntryInterruptionInfo] = information;
        vmcs[VmcsField.GuestRflags] = rflags;
        vmcs[VmcsField.Interruptibility] = interruptibility;

        Assert.Equal(rule, VmEntryRules.FindBroken(vmcs, s_capabilities)?.Split(':')[0]);
    }

    [Fact]
    public void FindBroken_ErrorCodeInRealMode_IsNamed()
    {
        FakeVmcs vmcs = FakeVmcs.Real(s_capabilities);
        vmcs[VmcsField.EntryInterruptionInfo] = 0x8000_0B0D;

        Assert.StartsWith("27.2.1.3", VmEntryRules.FindBroken(vmcs, s_capabilities));
    }
}
