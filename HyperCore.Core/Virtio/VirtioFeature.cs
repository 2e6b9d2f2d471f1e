namespace HyperCore.Core.Virtio;

/// <summary>Feature bits that belong to the rings and the transport, the same for every device (virtio 1.2, 6).</summary>
public static class VirtioFeature
{
    /// <summary>VIRTIO_F_INDIRECT_DESC: a descriptor may refer to a table of descriptors.</summary>
    public const ulong IndirectDescriptors = 1ul << 28;

    /// <summary>VIRTIO_F_EVENT_IDX: each side says at which entry it wants to be notified.</summary>
    public const ulong EventIndex = 1ul << 29;

    /// <summary>VIRTIO_F_VERSION_1: the device is not a legacy one.</summary>
    public const ulong Version1 = 1ul << 32;

    /// <summary>VIRTIO_F_RING_PACKED: the packed virtqueue layout.</summary>
    public const ulong RingPacked = 1ul << 34;

    /// <summary>What every device of HyperCore offers.</summary>
    public const ulong Common = Version1 | IndirectDescriptors | EventIndex;
}
