namespace HyperCore.Core.Acpi;

/// <summary>What differs from VM to VM in the ACPI tables; the rest is fixed by <see cref="Platform.PlatformLayout"/>.</summary>
/// <param name="processorCount">Virtual processors, 1 to <see cref="MaxProcessors"/>; their local APIC IDs are 0, 1, 2 and so on.</param>
/// <param name="ioApicId">The I/O APIC's ID.</param>
public readonly struct AcpiPlatform(int processorCount, byte ioApicId)
{
    /// <summary>The most processors that xAPIC IDs can name beside an I/O APIC.</summary>
    public const int MaxProcessors = 254;

    /// <summary>Virtual processors.</summary>
    public int ProcessorCount => processorCount;

    /// <summary>The I/O APIC's ID.</summary>
    public byte IoApicId => ioApicId;
}
