using System.IO;

namespace HyperCore.Tool.Disks;

/// <summary>Where things are in a FAT32 volume with sectors of 512 bytes and clusters of 2 KiB. (FAT specification 1.03, "FAT Type Determination".)</summary>
internal sealed class Fat32Geometry
{
    /// <summary>Bytes of a sector.</summary>
    public const int Sector = 512;

    /// <summary>Small clusters, so that a volume for a stick of any size has enough of them to be FAT32.</summary>
    public const int SectorsPerCluster = 4;

    /// <summary>Bytes of a cluster.</summary>
    public const int Cluster = Sector * SectorsPerCluster;

    /// <summary>The FAT and its copy.</summary>
    public const int FatCount = 2;

    /// <summary>The first cluster that holds something.</summary>
    public const uint FirstCluster = 2;

    /// <summary>A volume with fewer clusters is FAT16.</summary>
    public const uint MinClusters = 65525;

    // As much as entries of 28 bits can number, less those with a meaning of their own.
    private const long MaxClusters = 0x0FFF_FFF5;
    private const int MinReserved = 32;

    // Flash is written in pages of 4 KiB at least: data begins on one.
    private const int DataAlignment = 8;

    /// <summary>Divides a volume.</summary>
    /// <param name="sectors">Sectors of the volume.</param>
    /// <exception cref="InvalidDataException">It is too small or too large.</exception>
    public Fat32Geometry(long sectors)
    {
        if (sectors > uint.MaxValue || sectors / SectorsPerCluster > MaxClusters)
        {
            throw new InvalidDataException($"a volume of {sectors / 2048} MiB is too large for FAT32 with clusters of 2 KiB: 512 GiB at most");
        }

        Sectors = (uint)sectors;

        // Entries for all clusters that there would be without FATs: a few sectors more than needed, which does no harm.
        FatSectors = (uint)((((sectors / SectorsPerCluster) + FirstCluster) * sizeof(uint) / Sector) + 1);
        ReservedSectors = MinReserved;
        while ((ReservedSectors + (FatCount * FatSectors)) % DataAlignment != 0)
        {
            ReservedSectors++;
        }

        long data = sectors - DataSector;
        if (data / SectorsPerCluster < MinClusters)
        {
            throw new InvalidDataException($"a volume of {sectors / 2048} MiB is too small for FAT32: 134 MiB at least");
        }

        Clusters = (uint)(data / SectorsPerCluster);
    }

    /// <summary>Sectors of the volume.</summary>
    public uint Sectors { get; }

    /// <summary>Sectors in front of the first FAT.</summary>
    public uint ReservedSectors { get; }

    /// <summary>Sectors of one FAT.</summary>
    public uint FatSectors { get; }

    /// <summary>Clusters for files and folders.</summary>
    public uint Clusters { get; }

    /// <summary>The sector of the first cluster.</summary>
    public uint DataSector => ReservedSectors + (FatCount * FatSectors);

    /// <summary>Where a cluster is in the volume, in bytes.</summary>
    public long OffsetOf(uint cluster) => (DataSector + ((long)(cluster - FirstCluster) * SectorsPerCluster)) * Sector;

    /// <summary>Clusters that some bytes take.</summary>
    public static uint ClustersOf(long bytes) => (uint)((bytes + Cluster - 1) / Cluster);
}
