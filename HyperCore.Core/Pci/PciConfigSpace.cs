namespace HyperCore.Core.Pci;

/// <summary>
/// Access to the configuration space of the machine's PCI functions (PCI Local Bus 3.0, 6.1). Reads of what is not there give all ones, writes
/// do nothing. An offset is a multiple of the access's size.
/// </summary>
public abstract class PciConfigSpace
{
    /// <summary>Bytes of configuration space of each function that can be reached: 256, or 4096 with PCI Express.</summary>
    public abstract int BytesPerFunction { get; }

    /// <summary>Reads a byte.</summary>
    public abstract byte Read8(PciAddress address, int offset);

    /// <summary>Reads two bytes.</summary>
    public abstract ushort Read16(PciAddress address, int offset);

    /// <summary>Reads four bytes.</summary>
    public abstract uint Read32(PciAddress address, int offset);

    /// <summary>Writes a byte.</summary>
    public abstract void Write8(PciAddress address, int offset, byte value);

    /// <summary>Writes two bytes.</summary>
    public abstract void Write16(PciAddress address, int offset, ushort value);

    /// <summary>Writes four bytes.</summary>
    public abstract void Write32(PciAddress address, int offset, uint value);
}
