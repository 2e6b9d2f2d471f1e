namespace HyperCore.Core.Virtio;

/// <summary>Flags of a descriptor (virtio 1.2, 2.7.5 and 2.8.1 to 2.8.7).</summary>
internal static class DescriptorFlag
{
    /// <summary>Bytes of a descriptor in either layout.</summary>
    public const int DescriptorSize = 16;

    /// <summary>VIRTQ_DESC_F_NEXT: the buffer goes on in another descriptor.</summary>
    public const ushort Next = 1;

    /// <summary>VIRTQ_DESC_F_WRITE: the device writes it.</summary>
    public const ushort Write = 2;

    /// <summary>VIRTQ_DESC_F_INDIRECT: it refers to a table of descriptors.</summary>
    public const ushort Indirect = 4;

    /// <summary>VIRTQ_DESC_F_AVAIL, packed layout.</summary>
    public const ushort Available = 1 << 7;

    /// <summary>VIRTQ_DESC_F_USED, packed layout.</summary>
    public const ushort Used = 1 << 15;
}
