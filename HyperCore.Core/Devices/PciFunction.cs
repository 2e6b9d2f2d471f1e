using System;

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

    private const int RevisionOffset = 0x08;
    private const int HeaderTypeOffset = 0x0E;
    private const byte MultiFunction = 0x80;

    private readonly byte[] _config;
    private readonly byte[] _initial;
    private readonly byte[] _writable;

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

        OnConfigWritten(offset, size);
    }

    /// <summary>Puts the configuration space into power-on state.</summary>
    public virtual void Reset()
    {
        ReadOnlySpan<byte> initial = _initial;
        initial.CopyTo(_config);
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

    /// <summary>Defines a 32-bit memory base address register; only while the function is constructed.</summary>
    /// <param name="bar">Which, 0 to 5.</param>
    /// <param name="size">Bytes it decodes, a power of two from 16 on.</param>
    /// <param name="prefetchable">Whether reads have no side effects.</param>
    protected void DefineMemoryBar(int bar, uint size, bool prefetchable) =>
        DefineConfig(BarOffset + (4 * bar), 4, prefetchable ? 8u : 0u, ~(size - 1));

    /// <summary>Another function of the same device exists.</summary>
    internal void MarkMultiFunction() => DefineConfig(HeaderTypeOffset, 1, MultiFunction, 0);
}
