using System.Collections.Generic;
using HyperCore.Efi.Vmx;

namespace HyperCore.Tests.Vmx;

/// <summary>A VMCS as a test sets it; what was not set is zero.</summary>
internal sealed class FakeVmcs : VmcsReader
{
    private readonly Dictionary<uint, ulong> _fields = [];

    public ulong this[uint field]
    {
        get => Read(field);
        set => _fields[field] = value;
    }

    /// <summary>A guest in 64-bit mode, as an entry takes it.</summary>
    public static FakeVmcs Long(VmxCapabilities capabilities)
    {
        FakeVmcs vmcs = Real(capabilities);
        vmcs[VmcsField.EntryControls] |= EntryControl.Ia32eModeGuest;
        vmcs[VmcsField.GuestCr0] = 0x8000_0031;
        vmcs[VmcsField.GuestCr4] |= 0x20;
        vmcs[VmcsField.GuestEfer] = 0xD00;
        vmcs[VmcsField.GuestCsAccessRights] = 0xA09B;
        vmcs[VmcsField.GuestEsLimit + 2] = 0xFFFF_FFFF;
        vmcs[VmcsField.GuestRip] = 0xFFFF_8000_0000_0000;
        return vmcs;
    }

    /// <summary>A guest in real mode after reset.</summary>
    public static FakeVmcs Real(VmxCapabilities capabilities)
    {
        var vmcs = new FakeVmcs
        {
            [VmcsField.PinControls] = capabilities.PinControls,
            [VmcsField.ProcessorControls] = capabilities.ProcessorControls,
            [VmcsField.SecondaryControls] = capabilities.SecondaryControls,
            [VmcsField.ExitControls] = capabilities.ExitControls,
            [VmcsField.EntryControls] = capabilities.EntryControls,
            [VmcsField.EptPointer] = capabilities.EptPointer(0x10_0000),
            [VmcsField.Vpid] = 1,
            [VmcsField.HostCr0] = 0x8001_0033,
            [VmcsField.HostCr4] = 0x2020,
            [VmcsField.HostPat] = 0x0007_0406_0007_0406,
            [VmcsField.HostEfer] = 0xD00,
            [VmcsField.HostCsSelector] = 8,
            [VmcsField.HostSsSelector] = 0x10,
            [VmcsField.HostTrSelector] = 0x18,
            [VmcsField.GuestCr0] = 0x30,
            [VmcsField.GuestCr4] = 0x2000,
            [VmcsField.GuestPat] = 0x0007_0406_0007_0406,
            [VmcsField.GuestDr7] = 0x400,
            [VmcsField.GuestRip] = 0xFFF0,
            [VmcsField.GuestRflags] = 2,
            [VmcsField.GuestLdtrAccessRights] = 0x82,
            [VmcsField.GuestTrAccessRights] = 0x8B,
            [VmcsField.VmcsLinkPointer] = ulong.MaxValue,
        };
        for (uint segment = 0; segment < 12; segment += 2)
        {
            vmcs[VmcsField.GuestEsAccessRights + segment] = segment == 2 ? 0x9Bu : 0x93;
            vmcs[VmcsField.GuestEsLimit + segment] = 0xFFFF;
        }

        return vmcs;
    }

    public override ulong Read(uint field) => _fields.GetValueOrDefault(field);
}
