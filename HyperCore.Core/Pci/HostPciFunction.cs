namespace HyperCore.Core.Pci;

/// <summary>A PCI function of the real machine.</summary>
public sealed class HostPciFunction
{
    /// <summary>Number of base address registers of a function that is not a bridge.</summary>
    public const int BarCount = 6;

    private const int VendorIdOffset = 0x00;
    private const int CommandOffset = 0x04;
    private const int StatusOffset = 0x06;
    private const int ClassOffset = 0x08;
    private const int HeaderTypeOffset = 0x0E;
    private const int FirstBarOffset = 0x10;
    private const int CapabilitiesOffset = 0x34;

    private const ushort CommandIo = 1 << 0;
    private const ushort CommandMemory = 1 << 1;
    private const ushort CommandBusMaster = 1 << 2;
    private const ushort CommandInterruptDisable = 1 << 10;
    private const ushort StatusCapabilities = 1 << 4;
    private const byte HeaderTypeMask = 0x7F;

    private const uint BarIo = 1 << 0;
    private const uint BarTypeMask = 3 << 1;
    private const uint Bar64Bit = 2 << 1;
    private const uint BarPrefetchable = 1 << 3;
    private const uint BarMemoryFlags = 0xF;
    private const uint BarIoFlags = 0x3;

    // A list of capabilities that is longer runs in a circle.
    private const int MaxCapabilities = 48;

    private readonly PciConfigSpace _space;

    /// <summary>Describes the function at an address, where there is one.</summary>
    public HostPciFunction(PciConfigSpace space, PciAddress address)
    {
        _space = space;
        Address = address;
        uint ids = space.Read32(address, VendorIdOffset);
        VendorId = (ushort)ids;
        DeviceId = (ushort)(ids >> 16);
        uint revisionAndClass = space.Read32(address, ClassOffset);
        Revision = (byte)revisionAndClass;
        ClassCode = revisionAndClass >> 8;
        HeaderType = (byte)(space.Read8(address, HeaderTypeOffset) & HeaderTypeMask);
    }

    /// <summary>Where it is.</summary>
    public PciAddress Address { get; }

    /// <summary>Who made it.</summary>
    public ushort VendorId { get; }

    /// <summary>What the vendor calls it.</summary>
    public ushort DeviceId { get; }

    /// <summary>The vendor's revision.</summary>
    public byte Revision { get; }

    /// <summary>Base class, subclass and programming interface in bits 23:16, 15:8 and 7:0.</summary>
    public uint ClassCode { get; }

    /// <summary>0 for a device, 1 for a PCI bridge, 2 for a CardBus bridge.</summary>
    public byte HeaderType { get; }

    /// <summary>Reads four bytes of its configuration space.</summary>
    public uint Read32(int offset) => _space.Read32(Address, offset);

    /// <summary>Reads two bytes of its configuration space.</summary>
    public ushort Read16(int offset) => _space.Read16(Address, offset);

    /// <summary>Reads a byte of its configuration space.</summary>
    public byte Read8(int offset) => _space.Read8(Address, offset);

    /// <summary>Writes four bytes of its configuration space.</summary>
    public void Write32(int offset, uint value) => _space.Write32(Address, offset, value);

    /// <summary>Writes two bytes of its configuration space.</summary>
    public void Write16(int offset, ushort value) => _space.Write16(Address, offset, value);

    /// <summary>Writes a byte of its configuration space.</summary>
    public void Write8(int offset, byte value) => _space.Write8(Address, offset, value);

    /// <summary>Has it answer at its memory addresses.</summary>
    public void EnableMemory() => ChangeCommand(CommandMemory, 0);

    /// <summary>Lets it reach memory by itself, or stops it.</summary>
    public void SetBusMaster(bool enabled) => ChangeCommand(enabled ? CommandBusMaster : (ushort)0, enabled ? (ushort)0 : CommandBusMaster);

    /// <summary>Keeps it from driving its interrupt pin; messages are not affected.</summary>
    public void DisableInterruptPin() => ChangeCommand(CommandInterruptDisable, 0);

    /// <summary>
    /// Reads a base address register. To find its size all ones are written to it for a moment, in which the function answers at no address: nothing
    /// may use it meanwhile.
    /// </summary>
    /// <param name="index">0 to 5. The one behind a 64-bit register is its upper half and none of its own.</param>
    /// <returns>What is there; <see cref="HostPciBar.Size"/> is 0 for nothing.</returns>
    public HostPciBar ReadBar(int index)
    {
        int count = HeaderType switch
        {
            0 => BarCount,
            1 => 2,
            _ => 0,
        };
        if (index < 0 || index >= count)
        {
            return default;
        }

        ushort command = Read16(CommandOffset);
        Write16(CommandOffset, (ushort)(command & ~(CommandIo | CommandMemory)));
        int offset = FirstBarOffset + (index * 4);
        uint low = Size(offset, out uint lowMask);
        HostPciBar bar;
        if ((low & BarIo) != 0)
        {
            // The upper half of an I/O register may be wired to 0.
            uint mask = lowMask & ~BarIoFlags & 0xFFFF;
            bar = new HostPciBar(false, false, false, low & ~BarIoFlags, mask == 0 ? 0 : (~mask & 0xFFFF) + 1);
        }
        else
        {
            bool is64Bit = (low & BarTypeMask) == Bar64Bit && index + 1 < count;
            uint high = 0;
            uint highMask = uint.MaxValue;
            if (is64Bit)
            {
                high = Size(offset + 4, out highMask);
            }

            uint maskLow = lowMask & ~BarMemoryFlags;
            ulong all = ((ulong)highMask << 32) | maskLow;
            bool exists = maskLow != 0 || (is64Bit && highMask != 0);
            bar = new HostPciBar(true, is64Bit, (low & BarPrefetchable) != 0, ((ulong)high << 32) | (low & ~BarMemoryFlags), exists ? ~all + 1 : 0);
        }

        Write16(CommandOffset, command);
        return bar;
    }

    /// <summary>Finds a capability (PCI Local Bus 3.0, 6.7).</summary>
    /// <param name="id">Its ID.</param>
    /// <param name="after">The offset of the one behind which it is looked for, when there may be several; 0 for the first.</param>
    /// <returns>Its offset in configuration space; 0 when the function does not have it.</returns>
    public int FindCapability(byte id, int after = 0)
    {
        if ((Read16(StatusOffset) & StatusCapabilities) == 0)
        {
            return 0;
        }

        int offset = Read8(after == 0 ? CapabilitiesOffset : after + 1) & 0xFC;
        for (int i = 0; i < MaxCapabilities && offset >= 0x40; i++)
        {
            if (Read8(offset) == id)
            {
                return offset;
            }

            offset = Read8(offset + 1) & 0xFC;
        }

        return 0;
    }

    private uint Size(int offset, out uint mask)
    {
        uint value = Read32(offset);
        Write32(offset, uint.MaxValue);
        mask = Read32(offset);
        Write32(offset, value);
        return value;
    }

    private void ChangeCommand(ushort set, ushort clear) => Write16(CommandOffset, (ushort)((Read16(CommandOffset) | set) & ~clear));
}
