namespace HyperCore.Core.Virtio;

/// <summary>Features, configuration and header of a network device (virtio 1.2, 5.1; struct virtio_net_config and virtio_net_hdr_v1 of Linux).</summary>
public static class NetHeader
{
    /// <summary>VIRTIO_NET_F_CSUM: the device finishes checksums of sent packets.</summary>
    public const ulong Checksum = 1ul << 0;

    /// <summary>VIRTIO_NET_F_MTU: the largest packet is in the configuration.</summary>
    public const ulong Mtu = 1ul << 3;

    /// <summary>VIRTIO_NET_F_MAC: the address is in the configuration.</summary>
    public const ulong Mac = 1ul << 5;

    /// <summary>VIRTIO_NET_F_HOST_TSO4: the device cuts long TCP segments in IPv4.</summary>
    public const ulong Tso4 = 1ul << 11;

    /// <summary>VIRTIO_NET_F_HOST_TSO6: the device cuts long TCP segments in IPv6.</summary>
    public const ulong Tso6 = 1ul << 12;

    /// <summary>VIRTIO_NET_F_STATUS: the link's state is in the configuration.</summary>
    public const ulong Status = 1ul << 16;

    /// <summary>VIRTIO_NET_F_CTRL_VQ: there is a queue for commands.</summary>
    public const ulong ControlQueue = 1ul << 17;

    /// <summary>VIRTIO_NET_F_CTRL_RX: commands choose what is received.</summary>
    public const ulong ControlReceive = 1ul << 18;

    /// <summary>Where the address is in the configuration.</summary>
    public const int MacOffset = 0;

    /// <summary>Where the link's state is in the configuration, two bytes.</summary>
    public const int StatusOffset = 6;

    /// <summary>Where the number of queue pairs is in the configuration, two bytes.</summary>
    public const int MaxPairsOffset = 8;

    /// <summary>Where the largest packet is in the configuration, two bytes.</summary>
    public const int MtuOffset = 10;

    /// <summary>Bytes of the configuration up to there.</summary>
    public const int ConfigSize = 12;

    /// <summary>VIRTIO_NET_S_LINK_UP in the link's state.</summary>
    public const ushort LinkUp = 1;

    /// <summary>Bytes in front of each frame; with VIRTIO_F_VERSION_1 always with the number of buffers (5.1.6.1).</summary>
    public const int Size = 12;

    /// <summary>Where the flags are in the header.</summary>
    public const int FlagsOffset = 0;

    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM: the checksum is to be finished.</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>Where the kind of segmentation is in the header.</summary>
    public const int SegmentationOffset = 1;

    /// <summary>VIRTIO_NET_HDR_GSO_NONE.</summary>
    public const byte NoSegmentation = 0;

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV4.</summary>
    public const byte SegmentsTcp4 = 1;

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV6.</summary>
    public const byte SegmentsTcp6 = 4;

    /// <summary>Where the payload of each piece is in the header, two bytes.</summary>
    public const int SegmentSizeOffset = 4;

    /// <summary>Where it is in the header from which byte of the frame on the checksum is, two bytes.</summary>
    public const int ChecksumStartOffset = 6;

    /// <summary>Where it is in the header how far behind that start the checksum is stored, two bytes.</summary>
    public const int ChecksumPlaceOffset = 8;

    /// <summary>Where the number of buffers is that hold the frame, two bytes.</summary>
    public const int BuffersOffset = 10;
}
