using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>A virtqueue: what the driver sets up about it, and the buffers that come and go through it (virtio 1.2, 2.6).</summary>
public sealed class Virtqueue
{
    /// <summary>The vector that means none (VIRTIO_MSI_NO_VECTOR).</summary>
    public const ushort NoVector = 0xFFFF;

    private readonly SplitRing _split;
    private readonly PackedRing _packed;
    private VirtqueueRing _ring;

    /// <summary>Creates a queue in the state after a reset.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="maxSize">The most entries, a power of two.</param>
    public Virtqueue(GuestMemory memory, ushort maxSize)
    {
        MaxSize = maxSize;
        _split = new SplitRing(memory);
        _packed = new PackedRing(memory);
        _ring = _split;
        Reset();
    }

    /// <summary>The most entries.</summary>
    public ushort MaxSize { get; }

    /// <summary>Entries, as the driver has chosen.</summary>
    public ushort Size { get; set; }

    /// <summary>The MSI-X vector of its interrupts.</summary>
    public ushort Vector { get; set; }

    /// <summary>Address of the descriptor area.</summary>
    public ulong DescriptorArea { get; set; }

    /// <summary>Address of the driver area.</summary>
    public ulong DriverArea { get; set; }

    /// <summary>Address of the device area.</summary>
    public ulong DeviceArea { get; set; }

    /// <summary>It is in use: what is said above does not change any more.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>The state after a reset.</summary>
    public void Reset()
    {
        Size = MaxSize;
        Vector = NoVector;
        DescriptorArea = 0;
        DriverArea = 0;
        DeviceArea = 0;
        IsEnabled = false;
    }

    /// <summary>Takes the queue into use.</summary>
    /// <param name="features">The features agreed on.</param>
    /// <returns>False when what the driver has set up is not a queue in guest memory.</returns>
    public bool TryEnable(ulong features)
    {
        _ring = (features & VirtioFeature.RingPacked) != 0 ? _packed : _split;
        IsEnabled = Size != 0 && Size <= MaxSize && _ring.TryStart(Size, DescriptorArea, DriverArea, DeviceArea, features);
        return IsEnabled;
    }

    /// <summary>Takes the next available buffer.</summary>
    /// <param name="chain">Receives it.</param>
    public TakeResult TryTake(DescriptorChain chain) => IsEnabled ? _ring.TryTake(chain) : TakeResult.Empty;

    /// <summary>Gives a buffer back as used; buffers may come back in any order.</summary>
    public void Put(DescriptorChain chain)
    {
        if (IsEnabled)
        {
            _ring.Put(chain);
        }
    }

    /// <summary>Whether the driver wants an interrupt for the buffers that were used since the last call.</summary>
    public bool TakeInterruptRequest() => IsEnabled && _ring.TakeInterruptRequest();

    /// <summary>Tells the driver whether it needs to notify the device of new buffers. Who switches it on looks for buffers afterwards.</summary>
    public void SetNotifications(bool wanted)
    {
        if (IsEnabled)
        {
            _ring.SetNotifications(wanted);
        }
    }
}
