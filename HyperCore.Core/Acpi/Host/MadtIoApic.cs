namespace HyperCore.Core.Acpi.Host;

/// <summary>An I/O APIC of the real machine (ACPI 6.5, 5.2.12.3).</summary>
public readonly struct MadtIoApic
{
    /// <summary>Makes an entry.</summary>
    public MadtIoApic(byte id, uint address, uint globalInterruptBase)
    {
        Id = id;
        Address = address;
        GlobalInterruptBase = globalInterruptBase;
    }

    /// <summary>Its APIC ID.</summary>
    public byte Id { get; }

    /// <summary>Host-physical address of its registers.</summary>
    public uint Address { get; }

    /// <summary>The global system interrupt of its pin 0.</summary>
    public uint GlobalInterruptBase { get; }
}
