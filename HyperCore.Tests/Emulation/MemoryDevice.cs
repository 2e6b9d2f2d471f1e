using System;
using System.Buffers.Binary;
using HyperCore.Core.Devices;

namespace HyperCore.Tests.Emulation;

/// <summary>A device whose registers are plain memory; it also counts accesses and remembers the last one.</summary>
internal sealed class MemoryDevice(int length) : Device
{
    public byte[] Bytes { get; } = new byte[length];

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public int LastSize { get; private set; }

    public ulong LastOffset { get; private set; }

    public override string Name => "memory";

    public override ulong ReadMmio(ulong offset, int size)
    {
        Reads++;
        Note(offset, size);
        Span<byte> value = stackalloc byte[8];
        value.Fill(0xEE); // What lies above the size is the emulator's to drop.
        Bytes.AsSpan((int)offset, size).CopyTo(value);
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        Writes++;
        Note(offset, size);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes.Slice(0, size).CopyTo(Bytes.AsSpan((int)offset));
    }

    private void Note(ulong offset, int size)
    {
        if (size is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentOutOfRangeException(nameof(size));
        }

        LastSize = size;
        LastOffset = offset;
    }
}
