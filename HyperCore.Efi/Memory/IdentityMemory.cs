using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Memory;

namespace HyperCore.Efi.Memory;

/// <summary>Physical memory through the one-to-one mapping; only what the firmware's map knows.</summary>
internal sealed unsafe class IdentityMemory(HostMemoryMap map) : PhysicalMemoryReader
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> View(ulong address, int length)
    {
        // Page 0 is not mapped; what the map does not name may not be there.
        bool known = address >= HostLayout.PageSize && length > 0
            && map.TryFind(address, out _) && map.TryFind(address + (ulong)length - 1, out _);
        return known ? new ReadOnlySpan<byte>((void*)address, length) : default;
    }
}
