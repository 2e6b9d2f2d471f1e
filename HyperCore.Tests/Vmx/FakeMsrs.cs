using System.Collections.Generic;
using HyperCore.Efi.Vmx;
using Xunit.Sdk;

namespace HyperCore.Tests.Vmx;

/// <summary>Model-specific registers as a test sets them. To read one that does not exist is a #GP, and fails the test.</summary>
internal sealed class FakeMsrs : MsrReader
{
    private readonly Dictionary<uint, ulong> _values = [];

    public ulong this[uint msr]
    {
        get => Read(msr);
        set => _values[msr] = value;
    }

    /// <summary>About what a Skylake has: locked on, TRUE controls, EPT with 1 GiB pages and A/D bits, VPID, unrestricted guest.</summary>
    public static FakeMsrs Skylake() => new()
    {
        [VmxMsr.FeatureControl] = 5,
        [VmxMsr.Basic] = 0x00DA_0400_0000_0004,
        [VmxMsr.PinBasedControls] = 0x0000_00FF_0000_0016,
        [VmxMsr.ProcessorControls] = 0xFFF9_FFFE_0401_E172,
        [VmxMsr.ExitControls] = 0x01FF_FFFF_0003_6DFF,
        [VmxMsr.EntryControls] = 0x0003_FFFF_0000_11FF,
        [VmxMsr.TruePinBasedControls] = 0x0000_00FF_0000_0016,
        [VmxMsr.TrueProcessorControls] = 0xFFF9_FFFE_0400_6172,
        [VmxMsr.TrueExitControls] = 0x01FF_FFFF_0003_6DFB,
        [VmxMsr.TrueEntryControls] = 0x0003_FFFF_0000_11FB,
        [VmxMsr.SecondaryControls] = 0x055F_FCFF_0000_0000,
        [VmxMsr.EptVpidCapabilities] = 0x0000_0F01_0633_4141,
        [VmxMsr.Miscellaneous] = 0x7004_C1E7,
        [VmxMsr.Cr0Fixed0] = 0x8000_0021,
        [VmxMsr.Cr0Fixed1] = 0xFFFF_FFFF,
        [VmxMsr.Cr4Fixed0] = 0x2000,
        [VmxMsr.Cr4Fixed1] = 0x0037_67FF,
    };

    /// <summary>The same, with APIC-register virtualization and virtual-interrupt delivery.</summary>
    public static FakeMsrs WithApicVirtualization()
    {
        FakeMsrs msrs = Skylake();
        msrs[VmxMsr.SecondaryControls] |= (ulong)(SecondaryControl.ApicRegisterVirtualization | SecondaryControl.VirtualInterruptDelivery) << 32;
        return msrs;
    }

    public void Remove(uint msr) => _values.Remove(msr);

    public override ulong Read(uint msr) =>
        _values.TryGetValue(msr, out ulong value) ? value : throw new XunitException($"MSR {msr:x} does not exist");
}
