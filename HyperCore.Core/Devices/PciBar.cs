namespace HyperCore.Core.Devices;

/// <summary>
/// A memory base address register of a PCI function (PCI Local Bus Specification 3.0, 6.2.5.1) and the device that answers behind it. While it
/// is mapped, its range is in the VM's <see cref="DeviceMap"/>.
/// </summary>
public sealed class PciBar
{
    internal PciBar(int index, ulong size, Device device, bool prefetchable, bool is64Bit)
    {
        Index = index;
        Size = size;
        Device = device;
        IsPrefetchable = prefetchable;
        Is64Bit = is64Bit;
    }

    /// <summary>Which register, 0 to 5; a 64-bit one takes the next one too.</summary>
    public int Index { get; }

    /// <summary>Bytes it decodes, a power of two.</summary>
    public ulong Size { get; }

    /// <summary>What answers there; offsets are relative to the BAR.</summary>
    public Device Device { get; }

    /// <summary>Reads have no side effects.</summary>
    public bool IsPrefetchable { get; }

    /// <summary>It takes a 64-bit address.</summary>
    public bool Is64Bit { get; }

    /// <summary>Where <see cref="PciHostBridge.AssignResources"/> puts it, for one that others must know beforehand; 0 for anywhere.</summary>
    public ulong FixedAddress { get; init; }

    /// <summary>The guest reaches it: memory decode is on and the address is one that can be answered.</summary>
    public bool IsMapped { get; internal set; }

    /// <summary>Where the guest reaches it while <see cref="IsMapped"/>.</summary>
    public ulong Address { get; internal set; }
}
