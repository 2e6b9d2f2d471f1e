using System.Numerics;
using System.Threading;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>The split virtqueue layout: descriptor table, available ring, used ring (virtio 1.2, 2.7).</summary>
internal sealed class SplitRing : VirtqueueRing
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;
    private const int IndexOffset = 2;
    private const int RingOffset = 4;
    private const int UsedElementSize = 8;

    private ushort _nextAvailable;
    private ushort _used;
    private ushort _signalled;

    public SplitRing(GuestMemory memory)
        : base(memory)
    {
    }

    private ulong UsedEvent => DriverArea + RingOffset + (2 * (ulong)Size);

    private ulong AvailableEvent => DeviceArea + RingOffset + (UsedElementSize * (ulong)Size);

    public override TakeResult TryTake(DescriptorChain chain)
    {
        ushort available = Read16(DriverArea + IndexOffset);
        if (available == _nextAvailable)
        {
            if (!HasEventIndex || !WantsNotifications)
            {
                return TakeResult.Empty;
            }

            // The driver notifies when it fills this entry. One that it filled before it could see that is found here (2.7.10).
            Write16(AvailableEvent, _nextAvailable);
            Interlocked.MemoryBarrier();
            available = Read16(DriverArea + IndexOffset);
            if (available == _nextAvailable)
            {
                return TakeResult.Empty;
            }
        }

        if ((ushort)(available - _nextAvailable) > Size)
        {
            return TakeResult.Broken;
        }

        ushort head = Read16(DriverArea + RingOffset + (2 * (ulong)(_nextAvailable & (Size - 1))));
        if (head >= Size || !TryWalk(chain, head))
        {
            return TakeResult.Broken;
        }

        _nextAvailable++;
        return TakeResult.Taken;
    }

    public override void Put(DescriptorChain chain)
    {
        ulong element = DeviceArea + RingOffset + (UsedElementSize * (ulong)(_used & (Size - 1)));
        Write32(element, chain.Id);
        Write32(element + 4, chain.Written);
        _used++;

        // Stores are seen in order: the index after the element and after what was written to the buffer (2.7.8.2).
        Write16(DeviceArea + IndexOffset, _used);
    }

    public override bool TakeInterruptRequest()
    {
        ushort before = _signalled;
        _signalled = _used;
        if (before == _used)
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        if (!HasEventIndex)
        {
            return (Read16(DriverArea) & NoInterrupt) == 0;
        }

        // Whether the entry that the driver waits for is among those written since (2.7.7.2).
        ushort wanted = Read16(UsedEvent);
        return (ushort)(_used - wanted - 1) < (ushort)(_used - before);
    }

    // Table 2.7: alignment; 2.7: the size is a power of two.
    protected override bool IsLayoutValid() =>
        BitOperations.IsPow2(Size) && (DescriptorArea & 15) == 0 && (DriverArea & 1) == 0 && (DeviceArea & 3) == 0;

    protected override bool Start()
    {
        _nextAvailable = 0;
        _used = 0;
        _signalled = 0;
        ulong size = (ulong)Size;
        return IsRam(DescriptorArea, DescriptorFlag.DescriptorSize * size)
            && IsRam(DriverArea, 6 + (2 * size))
            && IsRam(DeviceArea, 6 + (UsedElementSize * size));
    }

    // With event indices the flag is always 0, and an index that is not moved on is as good as silence (2.7.10.2).
    protected override void PublishNotifications() => Write16(DeviceArea, !HasEventIndex && !WantsNotifications ? NoNotify : (ushort)0);

    private bool TryWalk(DescriptorChain chain, ushort head)
    {
        chain.Begin();
        ulong table = DescriptorArea;
        int count = Size;
        int limit = Size;
        bool isIndirect = false;
        ushort index = head;
        int ringDescriptors = 0;
        for (int seen = 0; seen < limit; seen++)
        {
            ulong descriptor = table + (DescriptorFlag.DescriptorSize * (ulong)index);
            ulong address = Read64(descriptor);
            ulong rest = Read64(descriptor + 8);
            uint length = (uint)rest;
            var flags = (ushort)(rest >> 32);
            var next = (ushort)(rest >> 48);
            ringDescriptors += isIndirect ? 0 : 1;
            if ((flags & DescriptorFlag.Indirect) != 0)
            {
                // One table, as the last of the chain (2.7.5.3.1).
                count = IndirectCount(address, length, ushort.MaxValue + 1);
                if (!HasIndirect || isIndirect || count == 0 || (flags & DescriptorFlag.Next) != 0)
                {
                    return false;
                }

                isIndirect = true;
                table = address;
                index = 0;
                limit = chain.Capacity;
                seen = -1;
                continue;
            }

            if (!chain.TryAdd(address, length, (flags & DescriptorFlag.Write) != 0))
            {
                return false;
            }

            if ((flags & DescriptorFlag.Next) == 0)
            {
                chain.Complete(head, ringDescriptors);
                return true;
            }

            index = next;
            if (index >= count)
            {
                return false;
            }
        }

        // Longer than allowed, or a loop (2.7.5.2).
        return false;
    }
}
