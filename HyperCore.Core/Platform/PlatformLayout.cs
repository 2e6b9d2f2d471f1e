namespace HyperCore.Core.Platform;

/// <summary>Where things are in the virtual PC: guest-physical addresses, I/O ports and interrupt numbers. The same for every VM.</summary>
public static class PlatformLayout
{
    /// <summary>End of conventional memory that the guest may use; above it up to 1 MiB no RAM is reported but <see cref="FirmwareBase"/>.</summary>
    public const ulong ConventionalEnd = 0x9_FC00;

    /// <summary>Start of the read-only-by-convention area below 1 MiB that holds the ACPI tables, RSDP first.</summary>
    public const ulong FirmwareBase = 0xE_0000;

    /// <summary>Length of the area at <see cref="FirmwareBase"/>.</summary>
    public const ulong FirmwareLength = 0x2_0000;

    /// <summary>RAM below 4 GiB ends here at the latest; the rest continues at <see cref="HighMemoryBase"/>.</summary>
    public const ulong LowMemoryLimit = 0xC000_0000;

    /// <summary>Where RAM that does not fit below <see cref="LowMemoryLimit"/> continues.</summary>
    public const ulong HighMemoryBase = 0x1_0000_0000;

    /// <summary>The video memory of the mediated display: its BAR at power-on, and the framebuffer that boot protocols describe.</summary>
    public const ulong FramebufferBase = 0xD000_0000;

    /// <summary>Address space kept for video memory, a part of what the PCI root bridge hands on.</summary>
    public const ulong FramebufferWindow = 0x1000_0000;

    /// <summary>The display's device number on the PCI bus.</summary>
    public const int DisplaySlot = 2;

    /// <summary>PCI Express configuration space (ECAM) of bus 0.</summary>
    public const ulong EcamBase = 0xE000_0000;

    /// <summary>Length of ECAM: one bus.</summary>
    public const ulong EcamLength = 0x10_0000;

    /// <summary>Address space for the BARs of virtual PCI devices.</summary>
    public const ulong PciMemoryBase = 0xE100_0000;

    /// <summary>Length of the space at <see cref="PciMemoryBase"/>.</summary>
    public const ulong PciMemoryLength = 0x1000_0000;

    /// <summary>PCI device number of the virtio entropy source.</summary>
    public const int EntropySlot = 4;

    /// <summary>PCI device number of the virtio console.</summary>
    public const int ConsoleSlot = 5;

    /// <summary>PCI device number of the virtio network card.</summary>
    public const int NetworkSlot = 6;

    /// <summary>PCI device number of the first virtio disk; the others follow.</summary>
    public const int FirstDiskSlot = 8;

    /// <summary>PCI device number of the disk with a VM's settings.</summary>
    public const int SettingsSlot = 12;

    /// <summary>The I/O APIC.</summary>
    public const ulong IoApicBase = 0xFEC0_0000;

    /// <summary>The local APICs.</summary>
    public const ulong LocalApicBase = 0xFEE0_0000;

    /// <summary>ACPI PM1a event block: status at +0, enable at +2.</summary>
    public const ushort Pm1EventPort = 0x600;

    /// <summary>ACPI PM1a control.</summary>
    public const ushort Pm1ControlPort = 0x604;

    /// <summary>ACPI PM timer, 3.579545 MHz, 32 bits.</summary>
    public const ushort PmTimerPort = 0x608;

    /// <summary>The reset register (RST_CNT), also named by the FADT.</summary>
    public const ushort ResetPort = 0xCF9;

    /// <summary>What the FADT says to write to <see cref="ResetPort"/>.</summary>
    public const byte ResetValue = 0x06;

    /// <summary>HyperCore's request port (<c>Devices.RequestPort</c>), behind the ACPI registers.</summary>
    public const ushort RequestPort = 0x620;

    /// <summary>The SCI, level-triggered, active low as ISA interrupt 9.</summary>
    public const int SciInterrupt = 9;

    /// <summary>The sleep type that means S5 (soft off) in PM1a control.</summary>
    public const int SleepTypeOff = 5;
}
