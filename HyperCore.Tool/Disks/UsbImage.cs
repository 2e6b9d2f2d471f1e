using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace HyperCore.Tool.Disks;

/// <summary>
/// Writes the image of a USB stick: a GPT with one FAT32 EFI system partition. The same files, label, time and size give the same image: the GUIDs are
/// made of a hash of them.
/// </summary>
internal sealed class UsbImage
{
    /// <summary>Where the partition begins in the image, in bytes.</summary>
    public const int PartitionOffset = 1 << 20;

    /// <summary>The smallest image; smaller ones would not be FAT32.</summary>
    public const long MinSize = (137216 + 2048) * 1024;

    // 16 heads of 63 sectors: Bochs wants whole cylinders.
    private const int Cylinder = 16 * 63 * Fat32Geometry.Sector;
    private const long Spare = 4 << 20;

    /// <summary>The volume's label and, as it is written here, the partition's name.</summary>
    public required string Label { get; init; }

    /// <summary>The time of all files, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Bytes of the image, which are rounded up; null for as much as the files need, with some room.</summary>
    public long? Size { get; init; }

    /// <summary>The partition's GUID; null for one that is made of the content.</summary>
    public Guid? PartitionId { get; init; }

    /// <summary>Writes an image, or leaves the old one as it was.</summary>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="InvalidDataException">The files do not fit.</exception>
    public long Write(string path, PartitionTree tree, IProgress<double> progress)
    {
        long size = SizeFor(tree);
        FileReplacement.Write(path, disk =>
        {
            disk.SetLength(size);
            Write(disk, size, tree, progress);
        });
        return size;
    }

    private static Guid GuidOf(ReadOnlySpan<byte> hash)
    {
        // RFC 9562, 5.8: version 8, of the maker's own.
        Span<byte> bytes = stackalloc byte[16];
        hash[..16].CopyTo(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    private long SizeFor(PartitionTree tree)
    {
        // A MiB in front of the partition and one behind it, for the second GPT.
        long files = Fat32Writer.Measure(tree) * Fat32Geometry.Cluster;
        long size = Size ?? Math.Max(files + (files / 50) + Spare + (2 * PartitionOffset), MinSize);
        return (size + Cylinder - 1) / Cylinder * Cylinder;
    }

    private void Write(FileStream disk, long size, PartitionTree tree, IProgress<double> progress)
    {
        // It ends where a MiB does, as partitioning tools want it.
        long sectors = Math.Max(size - (2 * PartitionOffset), 0) / PartitionOffset * PartitionOffset / Fat32Geometry.Sector;
        var geometry = new Fat32Geometry(sectors);
        var volume = new Fat32Writer(disk, PartitionOffset, geometry, Label.ToUpperInvariant(), Time);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Label}\0{Time:O}\0{size}\0"));
        volume.WriteTree(tree, hash, progress);
        byte[] result = hash.GetHashAndReset();
        volume.WriteBootSectors(BitConverter.ToUInt32(result));
        const ulong First = PartitionOffset / Fat32Geometry.Sector;
        var partition = new GuidPartition(1, GuidPartition.EfiSystem, PartitionId ?? GuidOf(result), First, First + (ulong)sectors - 1, Label);
        new GuidPartitionTable(Fat32Geometry.Sector, GuidOf(result.AsSpan(16)), [partition]).Write(disk, size);
        disk.Flush(flushToDisk: true);
    }
}
