using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Devices;

/// <summary>
/// A PCI function: its configuration space with type 0 header (PCI Local Bus Specification 3.0, 6.1). A subclass says which bits exist;
/// what it does not define reads zero and cannot be written.
/// </summary>
public abstract class PciFunction
{
    /// <summary>Bytes of configuration space without the PCI Express extension.</summary>
    public const int ConventionalSize = 256;

    /// <summary>Bytes of configuration space of a PCI Express function.</summary>
    public const int ExpressSize = 4096;

    /// <summary>Offset of the vendor ID, 16 bits.</summary>
    protected const int VendorIdOffset = 0x00;

    /// <summary>Offset of the command register, 16 bits.</summary>
    protected const int CommandOffset = 0x04;

    /// <summary>Offset of the status register, 16 bits.</summary>
    protected const int StatusOffset = 0x06;

    /// <summary>Offset of the first base address register.</summary>
    protected const int BarOffset = 0x10;

    /// <summary>Number of base address registers.</summary>
    public const int BarCount = 6;

    private const int RevisionOffset = 0x08;
    private const int HeaderTypeOffset = 0x0E;
    private const int CapabilitiesOffset = 0x34;
    private const int InterruptPinOffset = 0x3D;
    private const int FirstCapability = 0x40;
    private const byte MultiFunction = 0x80;
    private const ushort MemoryDecode = 1 << 1;
    private const ushort BusMaster = 1 << 2;
    private const ushort InterruptDisable = 1 << 10;
    private const ushort InterruptStatus = 1 << 3;
    private const ushort CapabilitiesList = 1 << 4;
    private const uint Bar64Bit = 1 << 2;
    private const uint BarPrefetchable = 1 << 3;
    private const ulong BarAddressMask = ~0xFul;

    private readonly byte[] _config;
    private readonly byte[] _initial;
    private readonly byte[] _writable;
    private readonly PciBar?[] _bars = new PciBar?[BarCount];
    private DeviceMap? _devices;
    private InterruptLine? _interruptLine;
    private int _lastCapability = CapabilitiesOffset;
    private int _nextCapability = FirstCapability;
    private bool _interruptAsserted;

    /// <summary>Creates a function.</summary>
    /// <param name="vendorId">Vendor.</param>
    /// <param name="deviceId">Device.</param>
    /// <param name="classCode">Class, subclass and programming interface, 24 bits.</param>
    /// <param name="revision">Revision.</param>
    /// <param name="configSize"><see cref="ConventionalSize"/> or <see cref="ExpressSize"/>.</param>
    protected PciFunction(ushort vendorId, ushort deviceId, uint classCode, byte revision, int configSize = ConventionalSize)
    {
        if (configSize != ConventionalSize && configSize != ExpressSize)
        {
            throw new ArgumentOutOfRangeException(nameof(configSize));
        }

        _config = new byte[configSize];
        _initial = new byte[configSize];
        _writable = new byte[configSize];
        DefineConfig(VendorIdOffset, 4, vendorId | ((uint)deviceId << 16), 0);
        DefineConfig(RevisionOffset, 4, revision | (classCode << 8), 0);

        // Memory and I/O decode, bus mastering and INTx disable exist in the command register; the cache line size and the interrupt
        // line are scratch bytes for the operating system.
        DefineConfig(CommandOffset, 2, 0, 0x0407);
        DefineConfig(0x0C, 1, 0, 0xFF);
        DefineConfig(0x3C, 1, 0, 0xFF);
    }

    /// <summary>Reads <paramref name="size"/> (1, 2 or 4) bytes. All ones beyond the function's configuration space.</summary>
    public uint ReadConfig(int offset, int size)
    {
        OnConfigReading(offset, size);
        uint value = 0xFFFF_FFFF;
        for (int i = 0; i < size && i < 4; i++)
        {
            int at = offset + i;
            if ((uint)at < (uint)_config.Length)
            {
                value = (value & ~(0xFFu << (8 * i))) | ((uint)_config[at] << (8 * i));
            }
        }

        return value;
    }

    /// <summary>Writes the bits that can be written of <paramref name="size"/> (1, 2 or 4) bytes.</summary>
    public void WriteConfig(int offset, int size, uint value)
    {
        for (int i = 0; i < size && i < 4; i++)
        {
            int at = offset + i;
            if ((uint)at < (uint)_config.Length)
            {
                byte mask = _writable[at];
                _config[at] = (byte)((_config[at] & ~mask) | ((byte)(value >> (8 * i)) & mask));
            }
        }

        if (offset < BarOffset + (4 * BarCount) && offset + size > CommandOffset)
        {
            UpdateDecode();
            DriveInterrupt();
        }

        OnConfigWritten(offset, size);
    }

    /// <summary>A base address register; null where there is none, and for the upper half of a 64-bit one.</summary>
    public PciBar? GetBar(int index) => _bars[index];

    /// <summary>The interrupt pin: 0 for INTA# to 3 for INTD#; -1 without one.</summary>
    public int InterruptPin => _config[InterruptPinOffset] - 1;

    /// <summary>The guest lets the function reach its memory.</summary>
    public bool IsBusMaster => (Read16(CommandOffset) & BusMaster) != 0;

    /// <summary>Puts the configuration space and the devices behind the BARs into power-on state. The BARs are mapped no longer.</summary>
    public virtual void Reset()
    {
        ReadOnlySpan<byte> initial = _initial;
        initial.CopyTo(_config);
        UpdateDecode();
        SetInterrupt(false);
        for (int i = 0; i < BarCount; i++)
        {
            _bars[i]?.Device.Reset();
        }
    }

    /// <summary>Puts a BAR somewhere, as firmware would. The address is rounded down to a multiple of its size.</summary>
    internal void PlaceBar(PciBar bar, ulong address)
    {
        address &= ~(bar.Size - 1);
        Write32(BarOffset + (4 * bar.Index), (uint)address | (Read32(BarOffset + (4 * bar.Index)) & 0xF));
        if (bar.Is64Bit)
        {
            Write32(BarOffset + (4 * bar.Index) + 4, (uint)(address >> 32));
        }
    }

    /// <summary>Switches memory decode on, as firmware would.</summary>
    internal void EnableMemoryDecode() => WriteConfig(CommandOffset, 2, (uint)(Read16(CommandOffset) | MemoryDecode));

    /// <summary>Connects the function to its VM; only while that is built.</summary>
    internal void Connect(DeviceMap? devices, InterruptLine? interruptLine)
    {
        _devices = devices;
        _interruptLine = interruptLine;
    }

    /// <summary>Asserts or releases the function's interrupt pin, which is level-triggered and can be held back by the guest.</summary>
    protected void SetInterrupt(bool asserted)
    {
        _interruptAsserted = asserted;
        DriveInterrupt();
    }

    /// <summary>A BAR answers now at its <see cref="PciBar.Address"/>.</summary>
    protected virtual void OnBarMapped(PciBar bar)
    {
    }

    /// <summary>A BAR no longer answers at its <see cref="PciBar.Address"/>.</summary>
    protected virtual void OnBarUnmapped(PciBar bar)
    {
    }

    /// <summary>The guest is about to read configuration space; what changes by itself can be brought up to date with <see cref="Write32"/>.</summary>
    protected virtual void OnConfigReading(int offset, int size)
    {
    }

    /// <summary>The guest wrote to configuration space; the new value is in place.</summary>
    protected virtual void OnConfigWritten(int offset, int size)
    {
    }

    /// <summary>Defines a register; only while the function is constructed.</summary>
    /// <param name="offset">Where it is.</param>
    /// <param name="size">1, 2 or 4 bytes.</param>
    /// <param name="initial">Its value at power-on.</param>
    /// <param name="writable">The bits that the guest can write.</param>
    protected void DefineConfig(int offset, int size, uint initial, uint writable)
    {
        for (int i = 0; i < size; i++)
        {
            byte value = (byte)(initial >> (8 * i));
            _initial[offset + i] = value;
            _config[offset + i] = value;
            _writable[offset + i] = (byte)(writable >> (8 * i));
        }
    }

    /// <summary>Defines a memory base address register; only while the function is constructed.</summary>
    /// <param name="index">Which, 0 to 5; a 64-bit one takes the next one too.</param>
    /// <param name="size">Bytes it decodes, a power of two from 16 on.</param>
    /// <param name="device">What answers there. The function's reset resets it too.</param>
    /// <param name="prefetchable">Whether reads have no side effects.</param>
    /// <param name="is64Bit">Whether it takes a 64-bit address.</param>
    /// <param name="fixedAddress">Where it is put at power-on; 0 for anywhere.</param>
    protected PciBar DefineMemoryBar(int index, ulong size, Device device, bool prefetchable = false, bool is64Bit = false, ulong fixedAddress = 0)
    {
        if (size < 16 || (size & (size - 1)) != 0 || size > 1ul << 31 || (uint)index >= (is64Bit ? BarCount - 1 : BarCount))
        {
            throw new ArgumentOutOfRangeException(nameof(size));
        }

        ulong writable = ~(size - 1);
        DefineConfig(BarOffset + (4 * index), 4, (prefetchable ? BarPrefetchable : 0) | (is64Bit ? Bar64Bit : 0), (uint)writable);
        if (is64Bit)
        {
            DefineConfig(BarOffset + (4 * index) + 4, 4, 0, (uint)(writable >> 32));
        }

        var bar = new PciBar(index, size, device, prefetchable, is64Bit) { FixedAddress = fixedAddress };
        _bars[index] = bar;
        return bar;
    }

    /// <summary>Appends a capability to the list (PCI Local Bus Specification 3.0, 6.7); only while the function is constructed.</summary>
    /// <param name="id">Which, see <see cref="PciCapability"/>.</param>
    /// <param name="length">Its bytes, ID and next pointer included.</param>
    /// <returns>Its offset; the contents from +2 on are for <see cref="DefineConfig"/>.</returns>
    protected int AddCapability(byte id, int length)
    {
        int offset = _nextCapability;
        if (length < 2 || offset + length > ConventionalSize)
        {
            throw new ArgumentOutOfRangeException(nameof(length));
        }

        DefineConfig(_lastCapability, 1, (uint)offset, 0);
        DefineConfig(offset, 2, id, 0);
        DefineConfig(StatusOffset, 2, CapabilitiesList, 0);
        _lastCapability = offset + 1;
        _nextCapability = (offset + length + 3) & ~3;
        return offset;
    }

    /// <summary>Gives the function an interrupt pin; only while it is constructed.</summary>
    /// <param name="pin">0 for INTA# to 3 for INTD#.</param>
    protected void DefineInterruptPin(int pin) => DefineConfig(InterruptPinOffset, 1, (uint)(pin + 1), 0);

    /// <summary>Sets a register's bytes, whether the guest can write them or not.</summary>
    protected void Write32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(_config, offset, 4), value);

    /// <summary>Another function of the same device exists.</summary>
    internal void MarkMultiFunction() => DefineConfig(HeaderTypeOffset, 1, MultiFunction, 0);

    private ushort Read16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(_config, offset, 2));

    /// <summary>A register's value, without what a guest's read of it does.</summary>
    protected uint Read32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(_config, offset, 4));

    private void DriveInterrupt()
    {
        // The status bit shows the pin whether or not the guest holds it back (6.2.3).
        _config[StatusOffset] = (byte)((_config[StatusOffset] & ~InterruptStatus) | (_interruptAsserted ? InterruptStatus : 0));
        _interruptLine?.Set(_interruptAsserted && (Read16(CommandOffset) & InterruptDisable) == 0);
    }

    // Who was first at an address keeps it: a BAR that lies over something else, or outside of PCI's windows, does not answer.
    private void UpdateDecode()
    {
        bool decode = (Read16(CommandOffset) & MemoryDecode) != 0;
        for (int i = 0; i < BarCount; i++)
        {
            if (_bars[i] is { } bar)
            {
                UpdateBar(bar, decode, AddressOf(bar));
            }
        }
    }

    private void UpdateBar(PciBar bar, bool decode, ulong address)
    {
        if (_devices is not { } devices || (bar.IsMapped && decode && bar.Address == address))
        {
            return;
        }

        if (bar.IsMapped)
        {
            OnBarUnmapped(bar);
            devices.RemoveMemory(bar.Address);
            bar.IsMapped = false;
        }

        if (decode && PciHostBridge.IsMemoryWindow(address, bar.Size) && devices.TryAddMemory(address, bar.Size, bar.Device))
        {
            bar.Address = address;
            bar.IsMapped = true;
            OnBarMapped(bar);
        }
    }

    private ulong AddressOf(PciBar bar)
    {
        ulong address = Read32(BarOffset + (4 * bar.Index)) & BarAddressMask;
        return bar.Is64Bit ? address | ((ulong)Read32(BarOffset + (4 * bar.Index) + 4) << 32) : address;
    }
}
