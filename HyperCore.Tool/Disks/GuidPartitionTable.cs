using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Hashing;
using System.Text;

namespace HyperCore.Tool.Disks;

/// <summary>The partitions of a disk. (UEFI 2.10, 5.3.)</summary>
/// <param name="blockSize">Bytes of a logical block.</param>
/// <param name="id">The disk's GUID.</param>
/// <param name="partitions">The partitions.</param>
internal sealed class GuidPartitionTable(int blockSize, Guid id, IReadOnlyList<GuidPartition> partitions)
{
    private const int HeaderSize = 92;
    private const int EntrySize = 128;
    private const int EntryCount = 128;
    private const int MaxEntryBytes = 1 << 20;
    private const int NameOffset = 56;
    private const int MaxName = 36;
    private const byte ProtectiveType = 0xEE;
    private const int FirstEntryBlock = 2;

    /// <summary>Bytes of a logical block.</summary>
    public int BlockSize { get; } = blockSize;

    /// <summary>The disk's GUID.</summary>
    public Guid Id { get; } = id;

    /// <summary>The partitions, those that are used.</summary>
    public IReadOnlyList<GuidPartition> Partitions { get; } = partitions;

    /// <summary>Reads a disk's table, or the copy at its end when the first one is damaged.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="problem">What is wrong with one of both, in plain words; null when they are good.</param>
    /// <exception cref="InvalidDataException">There is no good table.</exception>
    public static GuidPartitionTable Read(Stream disk, long length, out string? problem)
    {
        string first = "there is no GPT";
        foreach (int blockSize in (int[])[512, 4096])
        {
            if (length < 3 * blockSize)
            {
                continue;
            }

            GuidPartitionTable? table = TryRead(disk, length, blockSize, 1, out string? why);
            GuidPartitionTable? copy = TryRead(disk, length, blockSize, (length / blockSize) - 1, out string? whyCopy);
            if (table != null || copy != null)
            {
                problem = table == null ? $"the first GPT is damaged: {why}" : copy == null ? $"the copy of the GPT at the disk's end is missing or damaged: {whyCopy}" : null;
                return table ?? copy!;
            }

            first = why != null && blockSize == 512 ? why : first;
        }

        throw new InvalidDataException(first);
    }

    /// <summary>Writes the table, its copy, and the MBR in front of it.</summary>
    /// <param name="disk">The disk, with zeros where they go.</param>
    /// <param name="length">Its length in bytes.</param>
    public void Write(Stream disk, long length)
    {
        long blocks = length / BlockSize;
        int entryBlocks = EntryCount * EntrySize / BlockSize;
        byte[] entries = new byte[EntryCount * EntrySize];
        foreach (GuidPartition partition in Partitions)
        {
            Span<byte> entry = entries.AsSpan((partition.Number - 1) * EntrySize, EntrySize);
            partition.Type.TryWriteBytes(entry);
            partition.Id.TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], partition.FirstBlock);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], partition.LastBlock);
            Encoding.Unicode.GetBytes(partition.Name.AsSpan(0, Math.Min(partition.Name.Length, MaxName)), entry[NameOffset..]);
        }

        disk.Position = 0;
        disk.Write(ProtectiveMbr(blocks));
        disk.Position = BlockSize;
        disk.Write(Header(entries, 1, blocks - 1, FirstEntryBlock, entryBlocks, blocks));
        disk.Position = FirstEntryBlock * BlockSize;
        disk.Write(entries);
        disk.Position = (blocks - 1 - entryBlocks) * BlockSize;
        disk.Write(entries);
        disk.Write(Header(entries, blocks - 1, 1, blocks - 1 - entryBlocks, entryBlocks, blocks));
    }

    private static GuidPartitionTable? TryRead(Stream disk, long length, int blockSize, long block, out string? why)
    {
        byte[] header = new byte[blockSize];
        disk.Position = block * blockSize;
        disk.ReadExactly(header);
        if (!header.AsSpan(0, 8).SequenceEqual("EFI PART"u8))
        {
            why = "there is no GPT";
            return null;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 0);
        if (size < HeaderSize || size > blockSize || Crc32.HashToUInt32(header.AsSpan(0, (int)size)) != sum || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)) != block)
        {
            why = "its header's checksum is wrong";
            return null;
        }

        long entryBlock = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80));
        uint entrySize = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84));
        long bytes = (long)count * entrySize;
        if (entrySize < EntrySize || bytes is <= 0 or > MaxEntryBytes || entryBlock < FirstEntryBlock || entryBlock > (length - bytes) / blockSize)
        {
            why = "its list of partitions cannot be where it says";
            return null;
        }

        byte[] entries = new byte[bytes];
        disk.Position = entryBlock * blockSize;
        disk.ReadExactly(entries);
        if (Crc32.HashToUInt32(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
        {
            why = "the checksum of its list of partitions is wrong";
            return null;
        }

        var partitions = new List<GuidPartition>();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan((int)(i * entrySize), EntrySize);
            var partition = new GuidPartition(
                i + 1,
                new Guid(entry[..16]),
                new Guid(entry.Slice(16, 16)),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]),
                Encoding.Unicode.GetString(entry[NameOffset..]).Split('\0')[0]);
            if (partition.Type == Guid.Empty)
            {
                continue;
            }

            if (partition.FirstBlock < FirstEntryBlock || partition.LastBlock < partition.FirstBlock || partition.LastBlock >= (ulong)(length / blockSize))
            {
                why = $"partition {partition.Number} reaches beyond the disk";
                return null;
            }

            partitions.Add(partition);
        }

        why = null;
        return new GuidPartitionTable(blockSize, new Guid(header.AsSpan(56, 16)), partitions);
    }

    private byte[] Header(byte[] entries, long self, long other, long entryBlock, int entryBlocks, long blocks)
    {
        byte[] block = new byte[BlockSize];
        Span<byte> header = block;
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x0001_0000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], self);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], other);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], FirstEntryBlock + entryBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], blocks - 2 - entryBlocks);
        Id.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[72..], entryBlock);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], EntryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.HashToUInt32(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.HashToUInt32(header[..HeaderSize]));
        return block;
    }

    private byte[] ProtectiveMbr(long blocks)
    {
        byte[] block = new byte[BlockSize];
        Span<byte> entry = block.AsSpan(446, 16);

        // UEFI 2.10, table 5.4: from the second sector to the end, or as far as 32 bits go.
        ((ReadOnlySpan<byte>)[0x00, 0x00, 0x02, 0x00, ProtectiveType, 0xFF, 0xFF, 0xFF]).CopyTo(entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)Math.Min(blocks - 1, uint.MaxValue));
        block[510] = 0x55;
        block[511] = 0xAA;
        return block;
    }
}
