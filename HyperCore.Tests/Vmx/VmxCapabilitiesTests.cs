using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class VmxCapabilitiesTests
{
    private readonly FakeMsrs _msrs = FakeMsrs.Skylake();

    [Fact]
    public void Adjust_AnyWish_IsAccepted() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt).Sample((required, more, wanted) =>
        {
            var capability = new ControlCapability(required | (ulong)(required | more) << 32);
            uint adjusted = capability.Adjust(wanted);

            Assert.True(capability.Accepts(adjusted));
            Assert.Equal(wanted & capability.Allowed, adjusted & wanted);
        });

    [Fact]
    public void Controls_Skylake_AreAccepted()
    {
        var capabilities = new VmxCapabilities(_msrs);

        Assert.True(capabilities.Pin.Accepts(capabilities.PinControls));
        Assert.True(capabilities.Processor.Accepts(capabilities.ProcessorControls));
        Assert.True(capabilities.Secondary.Accepts(capabilities.SecondaryControls));
        Assert.True(capabilities.Exit.Accepts(capabilities.ExitControls));
        Assert.True(capabilities.Entry.Accepts(capabilities.EntryControls));
        Assert.Equal(0u, capabilities.ProcessorControls & (ProcessorControl.Cr3LoadExiting | ProcessorControl.UnconditionalIoExiting));
        Assert.NotEqual(0u, capabilities.SecondaryControls & SecondaryControl.EnableXsaves);
        Assert.Equal(0u, capabilities.EntryControls & EntryControl.Ia32eModeGuest);
    }

    [Fact]
    public void Controls_WithoutTrueRegisters_ReadTheOthers()
    {
        _msrs[VmxMsr.Basic] &= ~(1ul << 55);
        foreach (uint msr in new[] { VmxMsr.TruePinBasedControls, VmxMsr.TrueProcessorControls, VmxMsr.TrueExitControls, VmxMsr.TrueEntryControls })
        {
            _msrs.Remove(msr);
        }

        Assert.True(new VmxCapabilities(_msrs).Processor.CanSet(ProcessorControl.HltExiting));
    }

    [Fact]
    public void PreemptionTimer_Offered_IsSwitchedOnAtItsRate()
    {
        var capabilities = new VmxCapabilities(_msrs);

        Assert.Equal(7, capabilities.PreemptionTimerRate);
        Assert.NotEqual(0u, capabilities.PinControls & PinControl.ActivatePreemptionTimer);
    }

    [Fact]
    public void PreemptionTimer_NotOffered_IsDoneWithout()
    {
        _msrs[VmxMsr.TruePinBasedControls] &= ~((ulong)PinControl.ActivatePreemptionTimer << 32);

        var capabilities = new VmxCapabilities(_msrs);

        Assert.False(capabilities.HasPreemptionTimer);
        Assert.Equal(0u, capabilities.PinControls & PinControl.ActivatePreemptionTimer);
        Assert.Null(capabilities.FindMissing());
    }

    [Fact]
    public void IsLike_OtherTimerRate_IsFalse()
    {
        var capabilities = new VmxCapabilities(_msrs);
        FakeMsrs other = FakeMsrs.Skylake();
        Assert.True(capabilities.IsLike(other));

        other[VmxMsr.Miscellaneous] ^= 2;

        Assert.False(capabilities.IsLike(other));
    }

    [Fact]
    public void ProcessorControls_NoIoBitmaps_ExitAtAllPorts()
    {
        _msrs[VmxMsr.TrueProcessorControls] &= ~((ulong)ProcessorControl.UseIoBitmaps << 32);

        uint controls = new VmxCapabilities(_msrs).ProcessorControls;

        Assert.Equal(ProcessorControl.UnconditionalIoExiting, controls & (ProcessorControl.UseIoBitmaps | ProcessorControl.UnconditionalIoExiting));
    }

    [Theory]
    [InlineData(32)] // INVVPID
    [InlineData(41, 42)] // its useful types
    public void SecondaryControls_VpidThatCannotBeInvalidated_IsNotUsed(params int[] bits)
    {
        foreach (int bit in bits)
        {
            _msrs[VmxMsr.EptVpidCapabilities] &= ~(1ul << bit);
        }

        var capabilities = new VmxCapabilities(_msrs);

        Assert.False(capabilities.HasVpid);
        Assert.Equal(0u, capabilities.SecondaryControls & SecondaryControl.EnableVpid);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(SecondaryControl.VirtualizeApicAccesses, false)]
    [InlineData(SecondaryControl.ApicRegisterVirtualization, false)]
    [InlineData(SecondaryControl.VirtualInterruptDelivery, false)]
    [InlineData(SecondaryControl.VirtualizeX2ApicMode, true)]
    public void HasApicVirtualization_AllOfIt_OrNone(uint missing, bool expected)
    {
        FakeMsrs msrs = FakeMsrs.WithApicVirtualization();
        msrs[VmxMsr.SecondaryControls] &= ~((ulong)missing << 32);

        var capabilities = new VmxCapabilities(msrs);

        Assert.Equal(expected, capabilities.HasApicVirtualization);
        Assert.Equal(expected && missing == 0, capabilities.HasX2ApicVirtualization);
    }

    // 27.2.1.1: both accesses and x2APIC mode cannot be virtualized.
    [Theory]
    [InlineData(ApicAccess.None, 0x200u, 0x200u)]
    [InlineData(ApicAccess.Page, 0x301u, 0x301u)]
    [InlineData(ApicAccess.Msrs, 0x310u, 0x200u)]
    public void ApicControls_EachMode_IsAccepted(ApicAccess access, uint all, uint withoutX2Apic)
    {
        FakeMsrs msrs = FakeMsrs.WithApicVirtualization();
        var capabilities = new VmxCapabilities(msrs);
        Assert.Equal(all, capabilities.ApicControls(access));
        Assert.True(capabilities.Secondary.Accepts(capabilities.SecondaryControls | all));

        msrs[VmxMsr.SecondaryControls] &= ~((ulong)SecondaryControl.VirtualizeX2ApicMode << 32);
        Assert.Equal(withoutX2Apic, new VmxCapabilities(msrs).ApicControls(access));
    }

    // SDM vol. 3C, table 25-9: memory type 2:0, levels less one 5:3, accessed and dirty flags 6.
    [Theory]
    [InlineData(true, 0x1234_505Eul)]
    [InlineData(false, 0x1234_501Eul)]
    public void EptPointer_FourLevelsWriteBack(bool hasAccessedDirty, ulong expected)
    {
        if (!hasAccessedDirty)
        {
            _msrs[VmxMsr.EptVpidCapabilities] &= ~(1ul << 21);
        }

        Assert.Equal(expected, new VmxCapabilities(_msrs).EptPointer(0x1234_5000));
    }
}
