namespace HyperCore.Core.Acpi.Host;

/// <summary>A range of PCI buses whose configuration space is mapped into memory (PCI Firmware 3.3, 4.1.2).</summary>
public readonly struct EcamSegment
{
    /// <summary>Makes an entry.</summary>
    public EcamSegment(ulong baseAddress, ushort segment, byte startBus, byte endBus)
    {
        BaseAddress = baseAddress;
        Segment = segment;
        StartBus = startBus;
        EndBus = endBus;
    }

    /// <summary>Host-physical address where bus 0 of the segment would be; the first bus that is there lies <see cref="StartBus"/> MiB above.</summary>
    public ulong BaseAddress { get; }

    /// <summary>PCI segment group.</summary>
    public ushort Segment { get; }

    /// <summary>First bus.</summary>
    public byte StartBus { get; }

    /// <summary>Last bus.</summary>
    public byte EndBus { get; }
}
