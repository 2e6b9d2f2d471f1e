namespace HyperCore.Tool.Disks;

/// <summary>What a folder on FAT says about a file or folder in it, and where its fields are. (FAT specification 1.03, "FAT Directory Structure".)</summary>
/// <param name="Name">The long name, or the short one when there is none.</param>
/// <param name="IsFolder">It is a folder.</param>
/// <param name="FirstCluster">Where it begins; 0 when it is empty.</param>
/// <param name="Length">Bytes in it; 0 for a folder.</param>
internal sealed record FatEntry(string Name, bool IsFolder, uint FirstCluster, uint Length)
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 32;

    /// <summary>Characters of a long name in one entry.</summary>
    public const int LongCharacters = 13;

    /// <summary>DIR_Attr.</summary>
    public const int AttributesOffset = 11;

    /// <summary>LDIR_Chksum.</summary>
    public const int ChecksumOffset = 13;

    /// <summary>DIR_CrtTime; the date follows, then the date of the last access.</summary>
    public const int CreatedOffset = 14;

    /// <summary>DIR_FstClusHI.</summary>
    public const int ClusterHighOffset = 20;

    /// <summary>DIR_WrtTime; the date follows.</summary>
    public const int WrittenOffset = 22;

    /// <summary>DIR_FstClusLO.</summary>
    public const int ClusterLowOffset = 26;

    /// <summary>DIR_FileSize.</summary>
    public const int LengthOffset = 28;

    /// <summary>ATTR_VOLUME_ID.</summary>
    public const byte VolumeLabel = 0x08;

    /// <summary>ATTR_DIRECTORY.</summary>
    public const byte Folder = 0x10;

    /// <summary>ATTR_ARCHIVE.</summary>
    public const byte Archive = 0x20;

    /// <summary>ATTR_LONG_NAME.</summary>
    public const byte LongName = 0x0F;

    /// <summary>LAST_LONG_ENTRY.</summary>
    public const byte LastLongEntry = 0x40;

    /// <summary>DIR_Name[0] of an entry that was deleted.</summary>
    public const byte Deleted = 0xE5;

    /// <summary>Where the characters of a long name are in its entry.</summary>
    public static readonly int[] LongOffsets = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
}
