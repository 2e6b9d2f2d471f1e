using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// The access rights of a segment as the VMCS has them (Intel SDM vol. 3C, table 25-2), to and from the packed attributes of <see cref="Segment"/>:
/// bits 7:0 are the same, 11:8 stand in 15:12, and bit 16 says that the segment is unusable.
/// </summary>
internal static class SegmentRights
{
    /// <summary>The segment was loaded with a null selector, or is not there.</summary>
    public const uint Unusable = 1u << 16;

    /// <summary>G: the limit counts pages of 4 KiB.</summary>
    public const uint Granularity = 1u << 15;

    private const ushort PresentAttribute = 0x80;
    private const ushort CodeOrDataAttribute = 0x10;
    private const uint Accessed = 1;
    private const uint LargestInBytes = 0xF_FFFF;

    /// <summary>Access rights for a segment; G is made to fit the limit, and the accessed bit is set, as entries demand (27.3.1.2).</summary>
    public static uint FromSegment(in Segment segment)
    {
        uint attributes = segment.Attributes;
        if ((attributes & PresentAttribute) == 0)
        {
            // The DPL of SS is the CPL even when SS cannot be used.
            return Unusable | (attributes & 0x60);
        }

        uint rights = (attributes & 0xFF) | ((attributes & 0xF00) << 4);
        if ((attributes & CodeOrDataAttribute) != 0)
        {
            rights |= Accessed;
        }

        if (segment.Limit > LargestInBytes)
        {
            return rights | Granularity;
        }

        return (segment.Limit & 0xFFF) == 0xFFF ? rights : rights & ~Granularity;
    }

    /// <summary>Packed attributes; those of an unusable segment have P clear.</summary>
    public static ushort ToAttributes(uint rights)
    {
        uint attributes = (rights & 0xFF) | (rights >> 4 & 0xF00);
        return (ushort)((rights & Unusable) != 0 ? attributes & ~(uint)PresentAttribute : attributes);
    }
}
