using System;
using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Virtio;

/// <summary>A piece of a driver's buffer.</summary>
internal readonly record struct Piece(ulong Address, uint Length, bool Writable);

/// <summary>A buffer that came back: what the driver called it, and how many bytes the device says it wrote.</summary>
internal readonly record struct Returned(int Token, uint Written);

/// <summary>
/// The driver's side of a virtqueue, written from virtio 1.2, 2.7 and 2.8, for tests. It behaves as the specification wants drivers to;
/// tests that need another kind write to its memory behind its back.
/// </summary>
internal abstract class RingDriver
{
    public const ulong IndirectFlag = 1ul << 28;
    public const ulong EventIndexFlag = 1ul << 29;
    public const ulong PackedFlag = 1ul << 34;

    protected const ushort Next = 1;
    protected const ushort Write = 2;
    protected const ushort Indirect = 4;

    private readonly ulong _tables;
    private int _nextTable;

    protected RingDriver(FakeGuestMemory memory, ulong ring, ulong tables, int size, ulong features)
    {
        Memory = memory;
        DescriptorArea = ring;
        _tables = tables;
        Size = size;
        HasEventIndex = (features & EventIndexFlag) != 0;
    }

    public ulong DescriptorArea { get; }

    public abstract ulong DriverArea { get; }

    public abstract ulong DeviceArea { get; }

    public int Size { get; }

    public abstract int FreeDescriptors { get; }

    protected bool HasEventIndex { get; }

    protected FakeGuestMemory Memory { get; }

    public static RingDriver Create(bool packed, FakeGuestMemory memory, ulong ring, ulong tables, int size, ulong features) =>
        packed ? new PackedDriver(memory, ring, tables, size, features) : new SplitDriver(memory, ring, tables, size, features);

    /// <summary>The device's queue for this ring, enabled.</summary>
    public Virtqueue CreateQueue(ulong features)
    {
        int maximum = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Size);
        var queue = new Virtqueue(Memory.Memory, (ushort)maximum)
        {
            Size = (ushort)Size,
            DescriptorArea = DescriptorArea,
            DriverArea = DriverArea,
            DeviceArea = DeviceArea,
        };
        Xunit.Assert.True(queue.TryEnable(features | (this is PackedDriver ? PackedFlag : 0)));
        return queue;
    }

    /// <summary>Makes a buffer available.</summary>
    /// <param name="token">The driver's name for it.</param>
    /// <param name="pieces">Readable pieces first.</param>
    /// <param name="asTable">As one indirect descriptor.</param>
    /// <returns>Whether the device has to be notified.</returns>
    public bool Offer(int token, IReadOnlyList<Piece> pieces, bool asTable = false)
    {
        if (!asTable)
        {
            return Publish(token, pieces.Select(piece => new Descriptor(piece.Address, piece.Length, piece.Writable ? Write : (ushort)0)).ToArray());
        }

        ulong table = _tables + ((ulong)(_nextTable++ % 64) * 0x1000);
        for (int i = 0; i < pieces.Count; i++)
        {
            WriteTableEntry(table + (16 * (ulong)i), pieces[i], i, pieces.Count);
        }

        return Publish(token, [new Descriptor(table, (uint)(16 * pieces.Count), Indirect)]);
    }

    /// <summary>Takes a used buffer.</summary>
    public abstract bool TryCollect(out Returned returned);

    /// <summary>Asks for an interrupt when more is used, from the next one on.</summary>
    /// <param name="ahead">With event indices: how many descriptors beyond the next may be used before that.</param>
    public abstract void WantInterrupt(int ahead = 0);

    /// <summary>Asks for no interrupts.</summary>
    public abstract void RefuseInterrupts();

    protected abstract bool Publish(int token, Descriptor[] descriptors);

    protected abstract void WriteTableEntry(ulong address, Piece piece, int index, int count);

    protected void WriteDescriptor(ulong address, ulong buffer, uint length, ushort third, ushort fourth)
    {
        Memory.Write64(address, buffer);
        Memory.Write64(address + 8, length | ((ulong)third << 32) | ((ulong)fourth << 48));
    }

    protected ushort Read16(ulong address) => BitConverter.ToUInt16(Memory.Read(address, 2));

    protected void Write16(ulong address, int value) => Memory.Write(address, (byte)value, (byte)(value >> 8));

    protected readonly record struct Descriptor(ulong Address, uint Length, ushort Flags);
}
