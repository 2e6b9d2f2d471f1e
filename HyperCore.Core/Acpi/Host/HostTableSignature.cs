namespace HyperCore.Core.Acpi.Host;

/// <summary>Signatures of the ACPI tables HyperCore reads from the real machine, as the little-endian number they make.</summary>
public static class HostTableSignature
{
    /// <summary>"APIC", the Multiple APIC Description Table (ACPI 6.5, 5.2.12).</summary>
    public const uint Madt = 0x4349_5041;

    /// <summary>"FACP", the Fixed ACPI Description Table (ACPI 6.5, 5.2.9).</summary>
    public const uint Fadt = 0x5043_4146;

    /// <summary>"MCFG", PCI Express memory-mapped configuration space (PCI Firmware 3.3, 4.1.2).</summary>
    public const uint Mcfg = 0x4746_434D;

    /// <summary>"DSDT", the Differentiated System Description Table (ACPI 6.5, 5.2.11.1).</summary>
    public const uint Dsdt = 0x5444_5344;

    /// <summary>"SSDT", a Secondary System Description Table (ACPI 6.5, 5.2.11.2).</summary>
    public const uint Ssdt = 0x5444_5353;

    internal const uint Rsdt = 0x5444_5352;

    internal const uint Xsdt = 0x5444_5358;
}
