using System;
using System.Threading;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>
/// The part of a virtqueue that lies in guest memory, in one of its two layouts. The guest may change any of it at any moment, from another
/// processor too: each value is read once, checked, and used from then on as it was read.
/// </summary>
internal abstract unsafe class VirtqueueRing
{
    private readonly GuestMemory _memory;

    protected VirtqueueRing(GuestMemory memory) => _memory = memory;

    /// <summary>Entries.</summary>
    protected int Size { get; private set; }

    /// <summary>Address of the descriptor area.</summary>
    protected ulong DescriptorArea { get; private set; }

    /// <summary>Address of the driver area: available ring, or driver event suppression.</summary>
    protected ulong DriverArea { get; private set; }

    /// <summary>Address of the device area: used ring, or device event suppression.</summary>
    protected ulong DeviceArea { get; private set; }

    /// <summary>VIRTIO_F_EVENT_IDX was agreed on.</summary>
    protected bool HasEventIndex { get; private set; }

    /// <summary>VIRTIO_F_INDIRECT_DESC was agreed on.</summary>
    protected bool HasIndirect { get; private set; }

    /// <summary>The device wants to hear of new buffers.</summary>
    protected bool WantsNotifications { get; private set; }

    /// <summary>Takes a ring into use, as it is after its memory was cleared.</summary>
    /// <param name="size">Entries.</param>
    /// <param name="descriptorArea">Address of the descriptor area.</param>
    /// <param name="driverArea">Address of the driver area.</param>
    /// <param name="deviceArea">Address of the device area.</param>
    /// <param name="features">The features agreed on.</param>
    /// <returns>False when the size is impossible, or an area is not aligned or not RAM.</returns>
    public bool TryStart(int size, ulong descriptorArea, ulong driverArea, ulong deviceArea, ulong features)
    {
        Size = size;
        DescriptorArea = descriptorArea;
        DriverArea = driverArea;
        DeviceArea = deviceArea;
        HasEventIndex = (features & VirtioFeature.EventIndex) != 0;
        HasIndirect = (features & VirtioFeature.IndirectDescriptors) != 0;
        WantsNotifications = true;
        return IsLayoutValid() && Start();
    }

    /// <summary>Takes the next available buffer.</summary>
    public abstract TakeResult TryTake(DescriptorChain chain);

    /// <summary>Gives a buffer back as used; buffers may come back in any order.</summary>
    public abstract void Put(DescriptorChain chain);

    /// <summary>Whether the driver wants an interrupt for what was used since the last call.</summary>
    public abstract bool TakeInterruptRequest();

    /// <summary>Tells the driver whether it needs to notify the device of new buffers. Who switches it on looks for buffers afterwards.</summary>
    public void SetNotifications(bool wanted)
    {
        WantsNotifications = wanted;
        PublishNotifications();
        Interlocked.MemoryBarrier();
    }

    /// <summary>Size and alignment fit the layout.</summary>
    protected abstract bool IsLayoutValid();

    /// <summary>Initial positions; false when an area is not RAM.</summary>
    protected abstract bool Start();

    /// <summary>Writes what <see cref="WantsNotifications"/> means for this layout.</summary>
    protected abstract void PublishNotifications();

    protected bool IsRam(ulong address, ulong length) => _memory.IsRam(address, length);

    // The areas were found to be RAM when the queue was enabled, and what is aligned does not reach into a second slot of memory.
    protected ushort Read16(ulong address)
    {
        byte* host = _memory.Translate(address, sizeof(ushort));
        return host == null ? (ushort)0 : Volatile.Read(ref *(ushort*)host);
    }

    protected uint Read32(ulong address)
    {
        byte* host = _memory.Translate(address, sizeof(uint));
        return host == null ? 0 : Volatile.Read(ref *(uint*)host);
    }

    protected ulong Read64(ulong address)
    {
        byte* host = _memory.Translate(address, sizeof(ulong));
        if (host != null)
        {
            return Volatile.Read(ref *(ulong*)host);
        }

        // An indirect table need not be aligned, and may then reach from one slot of memory into the next.
        ulong value = 0;
        return _memory.TryRead(address, new Span<byte>(&value, sizeof(ulong))) ? value : 0;
    }

    protected void Write16(ulong address, ushort value)
    {
        byte* host = _memory.Translate(address, sizeof(ushort));
        if (host != null)
        {
            Volatile.Write(ref *(ushort*)host, value);
        }
    }

    protected void Write32(ulong address, uint value)
    {
        byte* host = _memory.Translate(address, sizeof(uint));
        if (host != null)
        {
            Volatile.Write(ref *(uint*)host, value);
        }
    }

    /// <summary>The number of descriptors in an indirect table; 0 when it cannot be one.</summary>
    protected int IndirectCount(ulong address, uint length, int capacity)
    {
        uint count = length / DescriptorFlag.DescriptorSize;
        bool good = length % DescriptorFlag.DescriptorSize == 0 && count <= (uint)capacity && IsRam(address, length);
        return good ? (int)count : 0;
    }
}
