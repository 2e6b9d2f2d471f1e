using System.Threading;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>The packed virtqueue layout: one descriptor ring that both sides write, and an event suppression structure for each (virtio 1.2, 2.8).</summary>
internal sealed class PackedRing : VirtqueueRing
{
    /// <summary>The most entries of a packed ring.</summary>
    public const int MaxSize = 1 << 15;

    // RING_EVENT_FLAGS, 2.8.10.
    private const uint EventsEnabled = 0;
    private const uint EventsDisabled = 1;
    private const uint EventForDescriptor = 2;
    private const uint EventFlagsMask = 3;

    private int _next;
    private bool _nextWrap;
    private int _used;
    private bool _usedWrap;
    private int _usedSinceInterrupt;

    public PackedRing(GuestMemory memory)
        : base(memory)
    {
    }

    public override TakeResult TryTake(DescriptorChain chain)
    {
        // Length, ID and flags are one aligned load, and the address is loaded after it.
        ulong rest = Read64(Descriptor(_next) + 8);
        if (!IsAvailable(rest))
        {
            if (!HasEventIndex || !WantsNotifications)
            {
                return TakeResult.Empty;
            }

            // The driver notifies when it fills this descriptor. If it did before it could see that, it is found here.
            PublishNotifications();
            Interlocked.MemoryBarrier();
            rest = Read64(Descriptor(_next) + 8);
            if (!IsAvailable(rest))
            {
                return TakeResult.Empty;
            }
        }

        if (!TryWalk(chain, rest))
        {
            return TakeResult.Broken;
        }

        Advance(ref _next, ref _nextWrap, chain.RingDescriptors);
        return TakeResult.Taken;
    }

    public override void Put(DescriptorChain chain)
    {
        ulong descriptor = Descriptor(_used);
        int flags = _usedWrap ? DescriptorFlag.Available | DescriptorFlag.Used : 0;
        flags |= chain.IsWritten ? DescriptorFlag.Write : 0;
        Write32(descriptor + 8, chain.Written);
        Write16(descriptor + 12, chain.Id);

        // Stores are seen in order: the flags last (2.8.1).
        Write16(descriptor + 14, (ushort)flags);
        Advance(ref _used, ref _usedWrap, chain.RingDescriptors);
        _usedSinceInterrupt += chain.RingDescriptors;
    }

    public override bool TakeInterruptRequest()
    {
        int written = _usedSinceInterrupt;
        _usedSinceInterrupt = 0;
        if (written == 0)
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        uint suppression = Read32(DriverArea);
        switch ((suppression >> 16) & EventFlagsMask)
        {
            case EventsDisabled:
                return false;
            case EventForDescriptor when HasEventIndex:
                return IsAmongLast(written, (int)(suppression & 0x7FFF), (suppression & 0x8000) != 0);
            default:
                return true;
        }
    }

    // 2.8.10.1: alignment. The size need not be a power of two.
    protected override bool IsLayoutValid() =>
        Size is > 0 and <= MaxSize && (DescriptorArea & 15) == 0 && (DriverArea & 3) == 0 && (DeviceArea & 3) == 0;

    protected override bool Start()
    {
        _next = 0;
        _nextWrap = true;
        _used = 0;
        _usedWrap = true;
        _usedSinceInterrupt = 0;
        return IsRam(DescriptorArea, DescriptorFlag.DescriptorSize * (ulong)Size) && IsRam(DriverArea, 4) && IsRam(DeviceArea, 4);
    }

    protected override void PublishNotifications()
    {
        uint flags = !WantsNotifications ? EventsDisabled : HasEventIndex ? EventForDescriptor : EventsEnabled;
        Write32(DeviceArea, (uint)_next | (_nextWrap ? 0x8000u : 0) | (flags << 16));
    }

    private static ushort FlagsOf(ulong rest) => (ushort)(rest >> 48);

    private ulong Descriptor(int index) => DescriptorArea + (DescriptorFlag.DescriptorSize * (ulong)index);

    // 2.8.1: available is the driver's wrap counter, used its inverse.
    private bool IsAvailable(ulong rest)
    {
        ushort flags = FlagsOf(rest);
        bool available = (flags & DescriptorFlag.Available) != 0;
        bool used = (flags & DescriptorFlag.Used) != 0;
        return available == _nextWrap && used != _nextWrap;
    }

    private bool TryWalk(DescriptorChain chain, ulong rest)
    {
        chain.Begin();
        int index = _next;
        for (int count = 1; count <= Size; count++)
        {
            ulong address = Read64(Descriptor(index));
            uint length = (uint)rest;
            var id = (ushort)(rest >> 32);
            ushort flags = FlagsOf(rest);
            if ((flags & DescriptorFlag.Indirect) != 0)
            {
                // Lists are either chained or a table (2.8.5, 2.8.19).
                bool good = HasIndirect && count == 1 && (flags & DescriptorFlag.Next) == 0 && TryAddTable(chain, address, length);
                chain.Complete(id, 1);
                return good;
            }

            if (!chain.TryAdd(address, length, (flags & DescriptorFlag.Write) != 0))
            {
                return false;
            }

            if ((flags & DescriptorFlag.Next) == 0)
            {
                chain.Complete(id, count);
                return true;
            }

            index = index + 1 == Size ? 0 : index + 1;
            rest = Read64(Descriptor(index) + 8);
        }

        return false;
    }

    // In a table the descriptors follow each other, and only the write flag has a meaning (2.8.7).
    private bool TryAddTable(DescriptorChain chain, ulong table, uint length)
    {
        int count = IndirectCount(table, length, chain.Capacity);
        for (int i = 0; i < count; i++)
        {
            ulong descriptor = table + (DescriptorFlag.DescriptorSize * (ulong)i);
            ulong address = Read64(descriptor);
            ulong rest = Read64(descriptor + 8);
            if (!chain.TryAdd(address, (uint)rest, (FlagsOf(rest) & DescriptorFlag.Write) != 0))
            {
                return false;
            }
        }

        return count != 0;
    }

    private void Advance(ref int index, ref bool wrap, int count)
    {
        index += count;
        if (index >= Size)
        {
            index -= Size;
            wrap = !wrap;
        }
    }

    // Whether a descriptor is among the last ones that were used. Positions are counted over two rounds, one for each value of the wrap counter.
    private bool IsAmongLast(int written, int offset, bool wrap)
    {
        int round = 2 * Size;
        if (offset >= Size || written >= round)
        {
            return true;
        }

        int wanted = offset + (wrap ? 0 : Size);
        int end = _used + (_usedWrap ? 0 : Size);
        int before = end - wanted;
        before += before <= 0 ? round : 0;
        return before <= written;
    }
}
