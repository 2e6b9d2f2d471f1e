namespace HyperCore.Core.Pci;

/// <summary>A base address register of the real machine and what it asks for (PCI Local Bus 3.0, 6.2.5.1).</summary>
public readonly struct HostPciBar
{
    /// <summary>Describes a register.</summary>
    public HostPciBar(bool isMemory, bool is64Bit, bool isPrefetchable, ulong address, ulong size)
    {
        IsMemory = isMemory;
        Is64Bit = is64Bit;
        IsPrefetchable = isPrefetchable;
        Address = address;
        Size = size;
    }

    /// <summary>Memory, else I/O ports.</summary>
    public bool IsMemory { get; }

    /// <summary>It takes the register behind it too.</summary>
    public bool Is64Bit { get; }

    /// <summary>Reading has no side effects.</summary>
    public bool IsPrefetchable { get; }

    /// <summary>Where the firmware put it; 0 when it did not.</summary>
    public ulong Address { get; }

    /// <summary>Bytes; 0 when there is no such register.</summary>
    public ulong Size { get; }

    /// <summary>There is something at an address.</summary>
    public bool IsAssigned => Size != 0 && Address != 0;
}
