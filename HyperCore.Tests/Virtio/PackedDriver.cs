using System.Collections.Generic;
using System.Threading;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The driver's side of a packed virtqueue (virtio 1.2, 2.8).</summary>
internal sealed class PackedDriver : RingDriver
{
    private const ushort AvailableFlag = 1 << 7;
    private const ushort UsedFlag = 1 << 15;

    private readonly Queue<ushort> _ids = new();
    private readonly int[] _lengths;
    private readonly int[] _tokens;
    private int _next;
    private bool _nextWrap = true;
    private int _used;
    private bool _usedWrap = true;
    private int _free;

    public PackedDriver(FakeGuestMemory memory, ulong ring, ulong tables, int size, ulong features)
        : base(memory, ring, tables, size, features)
    {
        _lengths = new int[size];
        _tokens = new int[size];
        _free = size;
        for (int i = 0; i < size; i++)
        {
            _ids.Enqueue((ushort)(size - 1 - i));
        }

        memory.Write(ring, new byte[(16 * size) + 8]);
    }

    public override ulong DriverArea => DescriptorArea + (16 * (ulong)Size);

    public override ulong DeviceArea => DriverArea + 4;

    public override int FreeDescriptors => _free;

    public override bool TryCollect(out Returned returned)
    {
        returned = default;
        ulong descriptor = DescriptorArea + (16 * (ulong)_used);
        ushort flags = Read16(descriptor + 14);
        if ((flags & UsedFlag) != 0 != _usedWrap || (flags & AvailableFlag) != 0 != _usedWrap)
        {
            return false;
        }

        ushort id = Read16(descriptor + 12);
        Assert.InRange(_lengths[id], 1, Size);
        uint written = (flags & Write) != 0 ? Memory.Read32(descriptor + 8) : 0;
        returned = new Returned(_tokens[id], written);
        _free += _lengths[id];
        Move(ref _used, ref _usedWrap, _lengths[id]);
        _lengths[id] = 0;
        _ids.Enqueue(id);
        return true;
    }

    public override void WantInterrupt(int ahead = 0)
    {
        if (!HasEventIndex)
        {
            Memory.Write32(DriverArea, 0);
            return;
        }

        int index = _used;
        bool wrap = _usedWrap;
        Move(ref index, ref wrap, ahead);
        Memory.Write32(DriverArea, (uint)index | (wrap ? 0x8000u : 0) | 0x2_0000);
    }

    public override void RefuseInterrupts() => Memory.Write32(DriverArea, 0x1_0000);

    protected override bool Publish(int token, Descriptor[] descriptors)
    {
        ushort id = _ids.Dequeue();
        _lengths[id] = descriptors.Length;
        _tokens[id] = token;
        _free -= descriptors.Length;
        Assert.True(_free >= 0);
        int first = _next;
        ushort firstFlags = 0;
        bool firstWrap = _nextWrap;
        for (int i = 0; i < descriptors.Length; i++)
        {
            bool last = i == descriptors.Length - 1;
            int flags = descriptors[i].Flags | (last ? 0 : Next) | (_nextWrap ? AvailableFlag : UsedFlag);
            ulong address = DescriptorArea + (16 * (ulong)_next);
            Memory.Write64(address, descriptors[i].Address);
            Memory.Write32(address + 8, descriptors[i].Length);
            Write16(address + 12, last ? id : 0x7777);
            if (i == 0)
            {
                firstFlags = (ushort)flags;
            }
            else
            {
                Write16(address + 14, flags);
            }

            Move(ref _next, ref _nextWrap, 1);
        }

        Write16(DescriptorArea + (16 * (ulong)first) + 14, firstFlags);
        Thread.MemoryBarrier(); // 2.8.21.3.1
        uint suppression = Memory.Read32(DeviceArea);
        switch ((suppression >> 16) & 3)
        {
            case 0:
                return true;
            case 1:
                return false;
            default:
                Assert.True(HasEventIndex);
                return Covers(first, firstWrap, descriptors.Length, (int)(suppression & 0x7FFF), (suppression & 0x8000) != 0);
        }
    }

    protected override void WriteTableEntry(ulong address, Piece piece, int index, int count)
    {
        // All other flags and the ID are reserved in a table: the device has to ignore them.
        WriteDescriptor(address, piece.Address, piece.Length, 0x5555, (ushort)((piece.Writable ? Write : 0) | (index % 2 == 0 ? Next : 0)));
    }

    // Whether the descriptor that the device waits for is among those just made available.
    private bool Covers(int first, bool wrap, int count, int wanted, bool wantedWrap)
    {
        for (int i = 0; i < count; i++)
        {
            if (first == wanted && wrap == wantedWrap)
            {
                return true;
            }

            Move(ref first, ref wrap, 1);
        }

        return false;
    }

    private void Move(ref int index, ref bool wrap, int count)
    {
        for (int i = 0; i < count; i++)
        {
            index++;
            if (index == Size)
            {
                index = 0;
                wrap = !wrap;
            }
        }
    }
}
