using System;

namespace HyperCore.Core.Acpi.Host;

/// <summary>Reads the real machine's memory, where the firmware left its tables.</summary>
public abstract class PhysicalMemoryReader
{
    /// <summary>A view of <paramref name="length"/> bytes at a host-physical address; empty when any of them cannot be read.</summary>
    public abstract ReadOnlySpan<byte> View(ulong address, int length);
}
