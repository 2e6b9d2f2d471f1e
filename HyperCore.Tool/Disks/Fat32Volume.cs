using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HyperCore.Tool.Disks;

/// <summary>Reads a FAT32 volume, whatever is in it: every number is checked before it is used. (FAT specification 1.03.)</summary>
internal sealed class Fat32Volume : IPartitionFiles
{
    private const uint FirstCluster = 2;
    private const uint EndOfChain = 0x0FFF_FFF8;
    private const uint ClusterMask = 0x0FFF_FFFF;
    private const int MaxFolder = 65536 * FatEntry.Size;
    private const long MaxFat = 1L << 30;

    private readonly Stream _disk;
    private readonly long _start;
    private readonly long _dataOffset;
    private readonly int _clusterSize;
    private readonly uint _clusters;
    private readonly uint _rootCluster;
    private readonly byte[] _fat;

    /// <summary>Opens a volume.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="start">Where the volume begins, in bytes.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="InvalidDataException">It is none, or damaged.</exception>
    public Fat32Volume(Stream disk, long start, long length)
    {
        _disk = disk;
        _start = start;
        byte[] boot = ReadBytes(0, 512, length);
        if (BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(510)) != 0xAA55 || !boot.AsSpan(82, 5).SequenceEqual("FAT32"u8))
        {
            throw new InvalidDataException("the partition is not FAT32");
        }

        int sector = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(11));
        int sectorsPerCluster = boot[13];
        uint reserved = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(14));
        int fats = boot[16];
        uint total = BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(32));
        uint fatSectors = BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(36));
        _rootCluster = BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(44));
        bool sizesAreGood = sector is 512 or 1024 or 2048 or 4096 && sectorsPerCluster is 1 or 2 or 4 or 8 or 16 or 32 or 64 or 128;
        if (!sizesAreGood || fats is 0 or > 2 || reserved == 0 || fatSectors == 0 || (long)total * sector > length || (long)fatSectors * sector > MaxFat)
        {
            throw new InvalidDataException("the FAT32 volume's boot sector is damaged");
        }

        _clusterSize = sector * sectorsPerCluster;
        long dataSector = reserved + ((long)fats * fatSectors);
        long clusters = Math.Min((total - dataSector) / sectorsPerCluster, ((long)fatSectors * sector / sizeof(uint)) - FirstCluster);
        if (clusters <= 0)
        {
            throw new InvalidDataException("the FAT32 volume has no room for files");
        }

        _clusters = (uint)clusters;
        _dataOffset = dataSector * sector;
        _fat = ReadBytes((long)reserved * sector, (int)(fatSectors * sector), length);
        HasEqualFats = fats == 1 || ReadBytes((reserved + fatSectors) * (long)sector, _fat.Length, length).AsSpan().SequenceEqual(_fat);
    }

    /// <summary>The FAT and its copy are the same.</summary>
    public bool HasEqualFats { get; }

    /// <inheritdoc/>
    public long? Length(string path)
    {
        if (Find(path) is not { IsFolder: false } entry)
        {
            return null;
        }

        Chain(entry);
        return entry.Length;
    }

    /// <inheritdoc/>
    public byte[] Read(string path, int limit)
    {
        FatEntry entry = Find(path) is { IsFolder: false } found ? found : throw new InvalidDataException($"{path} is missing");
        if (entry.Length > limit)
        {
            throw new InvalidDataException($"{path} has {entry.Length} bytes; expected {limit} at most");
        }

        byte[] bytes = new byte[entry.Length];
        int done = 0;
        foreach (uint cluster in Chain(entry))
        {
            int count = Math.Min(_clusterSize, bytes.Length - done);
            Seek(cluster);
            _disk.ReadExactly(bytes, done, count);
            done += count;
        }

        return bytes;
    }

    private FatEntry? Find(string path)
    {
        var entry = new FatEntry("", true, _rootCluster, 0);
        foreach (string name in path.Split('/', '\\').Where(name => name.Length > 0))
        {
            FatEntry? child = entry.IsFolder ? ReadFolder(entry).Find(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase)) : null;
            if (child == null)
            {
                return null;
            }

            entry = child;
        }

        return entry;
    }

    private List<FatEntry> ReadFolder(FatEntry folder)
    {
        var entries = new List<FatEntry>();
        char[] longName = new char[20 * FatEntry.LongCharacters];
        int longLength = 0;
        byte checksum = 0;
        byte[] cluster = new byte[_clusterSize];
        foreach (uint number in Chain(folder))
        {
            Seek(number);
            _disk.ReadExactly(cluster);
            for (int i = 0; i < cluster.Length; i += FatEntry.Size)
            {
                ReadOnlySpan<byte> entry = cluster.AsSpan(i, FatEntry.Size);
                if (entry[0] == 0)
                {
                    return entries;
                }

                if (entry[0] == FatEntry.Deleted)
                {
                    longLength = 0;
                }
                else if ((entry[FatEntry.AttributesOffset] & 0x3F) == FatEntry.LongName)
                {
                    longLength = AddLong(entry, longName, longLength);
                    checksum = entry[FatEntry.ChecksumOffset];
                }
                else
                {
                    if ((entry[FatEntry.AttributesOffset] & FatEntry.VolumeLabel) == 0)
                    {
                        bool hasLong = longLength > 0 && checksum == FatName.Checksum(entry[..FatName.ShortLength]);
                        entries.Add(ToEntry(entry, hasLong ? new string(longName, 0, longLength).Split('\0')[0] : FatName.ToText(entry[..FatName.ShortLength])));
                    }

                    longLength = 0;
                }
            }
        }

        return entries;
    }

    // The last part of a name comes first, and says how many there are.
    private static int AddLong(ReadOnlySpan<byte> entry, char[] name, int length)
    {
        int part = entry[0] & 0x1F;
        if (part == 0 || part * FatEntry.LongCharacters > name.Length)
        {
            return 0;
        }

        if ((entry[0] & FatEntry.LastLongEntry) != 0)
        {
            length = part * FatEntry.LongCharacters;
            Array.Clear(name);
        }

        for (int i = 0; i < FatEntry.LongCharacters; i++)
        {
            name[((part - 1) * FatEntry.LongCharacters) + i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(entry[FatEntry.LongOffsets[i]..]);
        }

        return length;
    }

    private static FatEntry ToEntry(ReadOnlySpan<byte> entry, string name) => new(
        name,
        (entry[FatEntry.AttributesOffset] & FatEntry.Folder) != 0,
        ((uint)BinaryPrimitives.ReadUInt16LittleEndian(entry[FatEntry.ClusterHighOffset..]) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(entry[FatEntry.ClusterLowOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[FatEntry.LengthOffset..]));

    private List<uint> Chain(FatEntry entry)
    {
        long size = entry.IsFolder ? MaxFolder : entry.Length;
        long expected = (size + _clusterSize - 1) / _clusterSize;
        var clusters = new List<uint>();
        for (uint cluster = entry.FirstCluster; clusters.Count < expected; cluster = BinaryPrimitives.ReadUInt32LittleEndian(_fat.AsSpan((int)cluster * sizeof(uint))) & ClusterMask)
        {
            if (cluster >= EndOfChain && entry.IsFolder)
            {
                break;
            }

            if (cluster < FirstCluster || cluster - FirstCluster >= _clusters)
            {
                throw new InvalidDataException($"{(entry.Name.Length == 0 ? "the root folder" : entry.Name)} is damaged: its clusters end early, at {clusters.Count} of {expected}, or lead nowhere");
            }

            clusters.Add(cluster);
        }

        return clusters;
    }

    private void Seek(uint cluster) => _disk.Position = _start + _dataOffset + ((long)(cluster - FirstCluster) * _clusterSize);

    private byte[] ReadBytes(long offset, int count, long length)
    {
        if (offset + count > length)
        {
            throw new InvalidDataException("the FAT32 volume is cut off");
        }

        byte[] bytes = new byte[count];
        _disk.Position = _start + offset;
        _disk.ReadExactly(bytes);
        return bytes;
    }
}
