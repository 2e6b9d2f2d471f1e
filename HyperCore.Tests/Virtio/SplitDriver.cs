using System.Collections.Generic;
using System.Threading;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The driver's side of a split virtqueue (virtio 1.2, 2.7).</summary>
internal sealed class SplitDriver : RingDriver
{
    private readonly Queue<ushort> _free = new();
    private readonly List<ushort>?[] _chains;
    private readonly int[] _tokens;
    private ushort _available;
    private ushort _used;

    public SplitDriver(FakeGuestMemory memory, ulong ring, ulong tables, int size, ulong features)
        : base(memory, ring, tables, size, features)
    {
        _chains = new List<ushort>?[size];
        _tokens = new int[size];

        // Not in order, as after some use.
        for (int i = 0; i < size; i++)
        {
            _free.Enqueue((ushort)((i * 5) % size));
        }

        memory.Write(DriverArea, new byte[6 + (2 * size)]);
        memory.Write(DeviceArea, new byte[6 + (8 * size)]);
    }

    public override ulong DriverArea => DescriptorArea + (16 * (ulong)Size);

    public override ulong DeviceArea => (DriverArea + 6 + (2 * (ulong)Size) + 3) & ~3ul;

    public override int FreeDescriptors => _free.Count;

    public ushort AvailableIndex => _available;

    private ulong UsedEvent => DriverArea + 4 + (2 * (ulong)Size);

    private ulong AvailableEvent => DeviceArea + 4 + (8 * (ulong)Size);

    public override bool TryCollect(out Returned returned)
    {
        returned = default;
        ushort index = Read16(DeviceArea + 2);
        if (index == _used)
        {
            return false;
        }

        ulong element = DeviceArea + 4 + (8 * (ulong)(_used % Size));
        uint id = Memory.Read32(element);
        List<ushort> chain = Assert.IsType<List<ushort>>(_chains[id]);
        _chains[id] = null;
        chain.ForEach(_free.Enqueue);
        returned = new Returned(_tokens[id], Memory.Read32(element + 4));
        _used++;
        return true;
    }

    public override void WantInterrupt(int ahead = 0)
    {
        if (HasEventIndex)
        {
            Write16(UsedEvent, (ushort)(_used + ahead));
        }
        else
        {
            Write16(DriverArea, 0);
        }
    }

    public override void RefuseInterrupts()
    {
        if (HasEventIndex)
        {
            Write16(UsedEvent, (ushort)(_used - 1));
        }
        else
        {
            Write16(DriverArea, 1);
        }
    }

    protected override bool Publish(int token, Descriptor[] descriptors)
    {
        var chain = new List<ushort>();
        foreach (Descriptor _ in descriptors)
        {
            chain.Add(_free.Dequeue());
        }

        for (int i = 0; i < chain.Count; i++)
        {
            bool last = i == chain.Count - 1;
            WriteDescriptor(
                DescriptorArea + (16 * (ulong)chain[i]),
                descriptors[i].Address,
                descriptors[i].Length,
                (ushort)(descriptors[i].Flags | (last ? 0 : Next)),
                last ? (ushort)0xABCD : chain[i + 1]);
        }

        _chains[chain[0]] = chain;
        _tokens[chain[0]] = token;
        Write16(DriverArea + 4 + (2 * (ulong)(_available % Size)), chain[0]);
        ushort before = _available++;
        Write16(DriverArea + 2, _available);
        Thread.MemoryBarrier(); // 2.7.13.4.1
        return HasEventIndex ? Read16(AvailableEvent) == before : Read16(DeviceArea) == 0;
    }

    protected override void WriteTableEntry(ulong address, Piece piece, int index, int count)
    {
        int flags = (piece.Writable ? Write : 0) | (index == count - 1 ? 0 : Next);
        WriteDescriptor(address, piece.Address, piece.Length, (ushort)flags, (ushort)(index + 1));
    }
}
