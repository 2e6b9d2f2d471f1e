namespace HyperCore.Core.Devices;

/// <summary>Capability IDs of conventional configuration space (PCI Code and ID Assignment Specification, 2).</summary>
public static class PciCapability
{
    /// <summary>Vendor-specific; virtio describes its structures with it.</summary>
    public const byte VendorSpecific = 0x09;

    /// <summary>PCI Express.</summary>
    public const byte Express = 0x10;

    /// <summary>MSI-X.</summary>
    public const byte MsiX = 0x11;
}
