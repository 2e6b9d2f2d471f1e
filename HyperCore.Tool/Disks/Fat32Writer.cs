using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HyperCore.Tool.Disks;

/// <summary>
/// Writes a FAT32 volume with files in it, each in one piece, into a file full of zeros. The same tree gives the same bytes. (FAT specification 1.03.)
/// </summary>
internal sealed class Fat32Writer
{
    private const uint EndOfChain = 0x0FFF_FFFF;
    private const byte FixedDisk = 0xF8;
    private const int FsInfoSector = 1;
    private const int BackupSector = 6;
    private const ushort Signature = 0xAA55;
    private const int SignatureOffset = 510;

    private readonly Stream _disk;
    private readonly long _start;
    private readonly Fat32Geometry _geometry;
    private readonly Dictionary<PartitionNode, uint> _first = [];
    private readonly uint[] _fat;
    private readonly DateTime _time;
    private readonly string _label;
    private readonly byte[] _buffer = new byte[1 << 20];
    private uint _next = Fat32Geometry.FirstCluster;

    /// <summary>Prepares a volume.</summary>
    /// <param name="disk">The disk, with zeros where the volume goes.</param>
    /// <param name="start">Where that is, in bytes.</param>
    /// <param name="geometry">How it is divided.</param>
    /// <param name="label">Its label: up to 11 of A-Z, 0-9, -, _ and blanks.</param>
    /// <param name="time">The time of all files and folders.</param>
    public Fat32Writer(Stream disk, long start, Fat32Geometry geometry, string label, DateTime time)
    {
        _disk = disk;
        _start = start;
        _geometry = geometry;
        _label = label;
        _time = time;
        _fat = new uint[geometry.FatSectors * (Fat32Geometry.Sector / sizeof(uint))];
    }

    /// <summary>Clusters that a tree takes.</summary>
    public static long Measure(PartitionTree tree) => Fat32Geometry.ClustersOf(SizeOf(tree.Root, tree.Root)) + Folders(tree.Root).Sum(folder =>
        folder.Children.Values.Sum(child => (long)Fat32Geometry.ClustersOf(SizeOf(child, tree.Root))));

    /// <summary>Writes files, folders and FATs.</summary>
    /// <param name="tree">What goes into the volume.</param>
    /// <param name="hash">Is fed with the paths and contents of all files.</param>
    /// <param name="progress">Hears of the part that is written.</param>
    /// <exception cref="InvalidDataException">The volume is too small, or a file has another length than before.</exception>
    public void WriteTree(PartitionTree tree, IncrementalHash hash, IProgress<double> progress)
    {
        long needed = Measure(tree);
        if (needed > _geometry.Clusters)
        {
            throw new InvalidDataException($"the files need {needed * Fat32Geometry.Cluster / 1024} KiB, but the volume has {(long)_geometry.Clusters * Fat32Geometry.Cluster / 1024} KiB for files");
        }

        _fat[0] = 0x0FFF_FF00 | FixedDisk;
        _fat[1] = EndOfChain;
        Allocate(tree.Root, tree.Root);
        foreach (PartitionNode folder in Folders(tree.Root))
        {
            foreach (PartitionNode child in folder.Children.Values)
            {
                Allocate(child, tree.Root);
            }
        }

        WriteFolder(tree.Root, null, tree.Root);
        long total = Math.Max(tree.Files.Sum(file => file.Node.Length), 1);
        long done = 0;
        foreach ((string path, PartitionNode file) in tree.Files)
        {
            byte[] name = Encoding.UTF8.GetBytes(path + "\0");
            hash.AppendData(name);
            BinaryPrimitives.WriteInt64LittleEndian(_buffer, file.Length);
            hash.AppendData(_buffer.AsSpan(0, sizeof(long)));
            WriteFile(file, path, hash, bytes => progress.Report((done + bytes) / (double)total));
            done += file.Length;
        }

        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(_fat, _fat);
        }

        for (int i = 0; i < Fat32Geometry.FatCount; i++)
        {
            Seek((_geometry.ReservedSectors + (i * (long)_geometry.FatSectors)) * Fat32Geometry.Sector);
            _disk.Write(MemoryMarshal.AsBytes<uint>(_fat));
        }
    }

    /// <summary>Writes the sectors that say what the volume is, when its serial number is known.</summary>
    /// <param name="serial">The serial number.</param>
    public void WriteBootSectors(uint serial)
    {
        byte[] boot = BootSector(serial);
        byte[] info = new byte[Fat32Geometry.Sector];
        BinaryPrimitives.WriteUInt32LittleEndian(info, 0x4161_5252);
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(484), 0x6141_7272);
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(488), _geometry.Clusters - (_next - Fat32Geometry.FirstCluster));
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(492), _next);
        BinaryPrimitives.WriteUInt16LittleEndian(info.AsSpan(SignatureOffset), Signature);
        byte[] third = new byte[Fat32Geometry.Sector];
        BinaryPrimitives.WriteUInt16LittleEndian(third.AsSpan(SignatureOffset), Signature);
        foreach (int copy in (int[])[0, BackupSector])
        {
            Seek(copy * Fat32Geometry.Sector);
            _disk.Write(boot);
            _disk.Write(info);
            _disk.Write(third);
        }
    }

    private static IEnumerable<PartitionNode> Folders(PartitionNode folder) =>
        folder.Children.Values.Where(child => child.IsFolder).SelectMany(Folders).Prepend(folder);

    // A folder has entries for itself and the one above, the root one for the label; and one behind the last says that it is.
    private static long SizeOf(PartitionNode node, PartitionNode root) =>
        node.IsFolder ? FatFolderBytes.Measure(node) + ((node == root ? 2 : 3) * FatEntry.Size) : node.Length;

    private void Allocate(PartitionNode node, PartitionNode root)
    {
        uint count = Fat32Geometry.ClustersOf(SizeOf(node, root));
        if (count == 0)
        {
            _first[node] = 0;
            return;
        }

        _first[node] = _next;
        for (uint i = 1; i < count; i++, _next++)
        {
            _fat[_next] = _next + 1;
        }

        _fat[_next++] = EndOfChain;
    }

    private void WriteFolder(PartitionNode folder, PartitionNode? parent, PartitionNode root)
    {
        var bytes = new FatFolderBytes(_time);
        if (parent == null)
        {
            bytes.AddLabel(_label);
        }
        else
        {
            // The root is called 0 here, wherever it is.
            bytes.AddDots(_first[folder], parent == root ? 0 : _first[parent]);
        }

        bytes.AddChildren(folder, child => _first[child]);
        Seek(_geometry.OffsetOf(_first[folder]));
        _disk.Write(bytes.ToArray());
        foreach (PartitionNode child in folder.Children.Values.Where(child => child.IsFolder))
        {
            WriteFolder(child, folder, root);
        }
    }

    private void WriteFile(PartitionNode file, string path, IncrementalHash hash, Action<long> written)
    {
        using FileStream source = File.OpenRead(file.Source!);
        if (file.Length > 0)
        {
            Seek(_geometry.OffsetOf(_first[file]));
        }

        long copied = 0;
        int length;
        while ((length = source.Read(_buffer)) > 0 && copied + length <= file.Length)
        {
            hash.AppendData(_buffer.AsSpan(0, length));
            _disk.Write(_buffer.AsSpan(0, length));
            copied += length;
            written(copied);
        }

        if (copied != file.Length || length > 0)
        {
            throw new InvalidDataException($"{path} changed while it was copied");
        }
    }

    private byte[] BootSector(uint serial)
    {
        byte[] sector = new byte[Fat32Geometry.Sector];
        Span<byte> bytes = sector;

        // A jump over the parameters to an endless loop: a BIOS must not run into them.
        ((ReadOnlySpan<byte>)[0xEB, 0x58, 0x90]).CopyTo(bytes);
        "MSWIN4.1"u8.CopyTo(bytes[3..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[11..], Fat32Geometry.Sector);
        bytes[13] = Fat32Geometry.SectorsPerCluster;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], (ushort)_geometry.ReservedSectors);
        bytes[16] = Fat32Geometry.FatCount;
        bytes[21] = FixedDisk;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[24..], 63);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[26..], 16);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], (uint)(_start / Fat32Geometry.Sector));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], _geometry.Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], _geometry.FatSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], Fat32Geometry.FirstCluster);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[48..], FsInfoSector);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[50..], BackupSector);
        bytes[64] = 0x80;
        bytes[66] = 0x29;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[67..], serial);
        Encoding.ASCII.GetBytes(_label.PadRight(FatName.ShortLength)).CopyTo(bytes[71..]);
        "FAT32   "u8.CopyTo(bytes[82..]);
        ((ReadOnlySpan<byte>)[0xF4, 0xEB, 0xFD]).CopyTo(bytes[90..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[SignatureOffset..], Signature);
        return sector;
    }

    private void Seek(long offset) => _disk.Position = _start + offset;
}
