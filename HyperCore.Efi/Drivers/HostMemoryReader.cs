using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;

namespace HyperCore.Efi.Drivers;

/// <summary>The machine's memory by physical address, as far as HyperCore's own page tables map it to itself.</summary>
public sealed unsafe class HostMemoryReader : PhysicalMemoryReader
{
    private readonly ulong _end;

    /// <summary>Reads what is mapped for <paramref name="map"/>.</summary>
    public HostMemoryReader(HostMemoryMap map) => _end = HostAddressSpace.EndOf(map);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> View(ulong address, int length)
    {
        // Page 0 is not mapped, so that null references fault.
        bool isMapped = address >= HostPageTables.PageSize && length >= 0 && address <= _end && (ulong)length <= _end - address;
        return isMapped ? new ReadOnlySpan<byte>((void*)address, length) : default;
    }
}
