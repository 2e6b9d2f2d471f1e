namespace HyperCore.Core.Virtio;

/// <summary>Constants of the block device (virtio 1.2, 5.2).</summary>
internal static class BlockRequest
{
    /// <summary>Bytes of the header: type, a reserved word, sector.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of a segment of a discard or write zeroes request: sector, count of sectors, flags.</summary>
    public const int RangeSize = 16;

    /// <summary>Bytes of an ID.</summary>
    public const int IdSize = 20;

    // Types, 5.2.6.
    public const uint In = 0;
    public const uint Out = 1;
    public const uint Flush = 4;
    public const uint GetId = 8;
    public const uint Discard = 11;
    public const uint WriteZeroes = 13;

    // Status, 5.2.6.
    public const byte Ok = 0;
    public const byte IoError = 1;
    public const byte Unsupported = 2;

    // Feature bits, 5.2.3.
    public const ulong SegmentMax = 1ul << 2;
    public const ulong BlockSize = 1ul << 6;
    public const ulong HasFlush = 1ul << 9;
    public const ulong HasDiscard = 1ul << 13;
    public const ulong HasWriteZeroes = 1ul << 14;

    // Configuration, 5.2.4.
    public const int ConfigSize = 60;
    public const int CapacityOffset = 0;
    public const int SegmentMaxOffset = 12;
    public const int BlockSizeOffset = 20;
    public const int MaxDiscardSectorsOffset = 36;
    public const int MaxDiscardSegmentsOffset = 40;
    public const int DiscardAlignmentOffset = 44;
    public const int MaxWriteZeroesSectorsOffset = 48;
    public const int MaxWriteZeroesSegmentsOffset = 52;
    public const int WriteZeroesMayUnmapOffset = 56;
}
