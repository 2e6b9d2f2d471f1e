using System;
using System.Collections.Generic;
using HyperCore.Core.Pci;

namespace HyperCore.Tests.Fakes;

/// <summary>Configuration space of functions that a test makes up; BARs and IDs behave as hardware does.</summary>
internal sealed class FakePciSpace : PciConfigSpace
{
    private readonly Dictionary<PciAddress, byte[]> _functions = [];
    private readonly Dictionary<(PciAddress, int), uint> _barMasks = [];

    public override int BytesPerFunction => 256;

    public byte[] Add(byte bus, byte device, byte function, uint ids, uint classCode = 0, byte headerType = 0)
    {
        var bytes = new byte[256];
        _functions[new PciAddress(0, bus, device, function)] = bytes;
        BitConverter.TryWriteBytes(bytes, ids);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), classCode << 8);
        bytes[0x0E] = headerType;
        return bytes;
    }

    /// <summary>Makes a BAR: the bits that cannot be changed.</summary>
    public void SetBar(byte bus, byte device, int index, uint value, uint writable)
    {
        var address = new PciAddress(0, bus, device, 0);
        BitConverter.TryWriteBytes(_functions[address].AsSpan(0x10 + (index * 4)), value);
        _barMasks[(address, 0x10 + (index * 4))] = writable;
    }

    public override byte Read8(PciAddress address, int offset) => _functions.TryGetValue(address, out byte[]? bytes) ? bytes[offset] : (byte)0xFF;

    public override ushort Read16(PciAddress address, int offset) => (ushort)(Read8(address, offset) | (Read8(address, offset + 1) << 8));

    public override uint Read32(PciAddress address, int offset) => Read16(address, offset) | ((uint)Read16(address, offset + 2) << 16);

    public override void Write8(PciAddress address, int offset, byte value)
    {
        if (_functions.TryGetValue(address, out byte[]? bytes))
        {
            bytes[offset] = value;
        }
    }

    public override void Write16(PciAddress address, int offset, ushort value)
    {
        Write8(address, offset, (byte)value);
        Write8(address, offset + 1, (byte)(value >> 8));
    }

    public override void Write32(PciAddress address, int offset, uint value)
    {
        if (offset is >= 0x10 and < 0x28)
        {
            _barMasks.TryGetValue((address, offset), out uint writable);
            value = (value & writable) | (Read32(address, offset) & ~writable);
        }

        Write16(address, offset, (ushort)value);
        Write16(address, offset + 2, (ushort)(value >> 16));
    }
}
