using System;
using HyperCore.Core.Usb;

namespace HyperCore.Tests.Fakes;

/// <summary>Memory that a fake controller and its driver share; the controller's addresses are not the driver's pointers.</summary>
internal sealed unsafe class FakeDmaMemory(int size = 1 << 20, ulong start = 0x1_0000_0000) : DmaMemory
{
    // A page of room to align in, because a pinned array is aligned to 8 only.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(size + 0x1000, pinned: true);
    private int _used;

    public ulong Start { get; } = start;

    private byte* First
    {
        get
        {
            fixed (byte* bytes = _bytes)
            {
                return (byte*)(((nuint)bytes + 0xFFF) & ~(nuint)0xFFF);
            }
        }
    }

    public override bool TryAllocate(int length, int alignment, bool below4GiB, out DmaBlock block)
    {
        block = default;
        int at = (_used + alignment - 1) & ~(alignment - 1);
        if (at + length > size || (below4GiB && Start + (ulong)(at + length) > 1ul << 32))
        {
            return false;
        }

        _used = at + length;
        block = new DmaBlock(First + at, Start + (ulong)at, length);
        block.Bytes.Clear();
        return true;
    }

    /// <summary>What the controller finds at an address.</summary>
    public Span<byte> At(ulong address, int length)
    {
        ulong offset = address - Start;
        if (offset >= (ulong)_used || (ulong)length > (ulong)_used - offset)
        {
            throw new InvalidOperationException($"the controller was told to use {address:x} + {length:x}, which is not its memory");
        }

        return new Span<byte>(First + offset, length);
    }

    public uint Read32(ulong address) => BitConverter.ToUInt32(At(address, 4));

    public ulong Read64(ulong address) => BitConverter.ToUInt64(At(address, 8));

    public void Write32(ulong address, uint value) => BitConverter.TryWriteBytes(At(address, 4), value);

    public void Write64(ulong address, ulong value) => BitConverter.TryWriteBytes(At(address, 8), value);
}
