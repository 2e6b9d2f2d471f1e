using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>
/// Writes HyperCore and its files as a firmware volume (UEFI Platform Initialization 1.7, volume 3, 3.2.1), for the flash of a machine: HyperCore.efi as an
/// application, everything else by its path. The same files give the same volume.
/// </summary>
internal static class FirmwareVolume
{
    private const int BlockSize = 0x1000;
    private const int HeaderSize = 0x48;
    private const int ExtendedHeaderSize = 20;
    private const int LengthPlace = 32;
    private const int SignaturePlace = 40;
    private const int AttributesPlace = 44;
    private const int HeaderLengthPlace = 48;
    private const int ChecksumPlace = 50;
    private const int ExtendedHeaderPlace = 52;
    private const int RevisionPlace = 55;
    private const int BlockMapPlace = 56;
    private const byte Revision = 2;
    private const byte Erased = 0xFF;

    // All that a flash can do, readable, erased to ones, aligned to 16 bytes (table 3-6).
    private const uint Attributes = 0x0004_FEFF;

    private static readonly Guid s_secondFormat = new("8c8ce578-8a3d-4f1c-9935-896185c32dd3");
    private static readonly Guid s_thirdFormat = new("5473c07a-3dcb-4dca-bd6f-1e9689e7349a");
    private static readonly Guid s_name = new("358479c9-2f1c-4da3-9024-8be8f0fe2196");

    /// <summary>Writes a volume, or leaves the old one as it was.</summary>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="UsageException">HyperCore.efi is not among the files.</exception>
    public static long Write(string path, PartitionTree tree, IProgress<double> progress)
    {
        List<FirmwareFile> files = FilesOf(tree);
        long start = Align(HeaderSize + ExtendedHeaderSize, FirmwareFile.Alignment);
        long size = Align(files.Aggregate(start, (end, file) => Align(end, FirmwareFile.Alignment) + file.Length), BlockSize);
        FileReplacement.Write(path, output =>
        {
            output.Write(Header(size, files.Any(file => file.IsLarge)));
            foreach (FirmwareFile file in files)
            {
                Fill(output, Align(output.Position, FirmwareFile.Alignment));
                file.WriteTo(output);
                progress.Report(output.Position / (double)size);
            }

            Fill(output, size);
        });
        return size;
    }

    // Both copies of HyperCore.efi are the one application.
    private static List<FirmwareFile> FilesOf(PartitionTree tree)
    {
        List<(string Path, PartitionNode Node)> all = tree.Files.ToList();
        PartitionNode? application = Find(PartitionPaths.Application) ?? Find(PartitionPaths.Removable);
        if (application == null)
        {
            throw new UsageException($"--volume: expected {PartitionPaths.Application} among the files; name it with --efi or --tree");
        }

        var files = new List<FirmwareFile> { FirmwareFile.Application(application.Source!, application.Length) };
        files.AddRange(all
            .Where(file => !IsAt(file.Path, PartitionPaths.Application) && !IsAt(file.Path, PartitionPaths.Removable))
            .Select(file => FirmwareFile.AtPath(file.Path, file.Node.Source!, file.Node.Length)));
        return files;

        PartitionNode? Find(string path) => all.Find(file => IsAt(file.Path, path)).Node;

        static bool IsAt(string path, string other) => string.Equals(path.Replace('/', '\\'), other, StringComparison.OrdinalIgnoreCase);
    }

    // The map of blocks has one kind, and an end. The name is in the extended header behind it.
    private static byte[] Header(long size, bool hasLargeFiles)
    {
        byte[] header = new byte[HeaderSize + ExtendedHeaderSize];
        (hasLargeFiles ? s_thirdFormat : s_secondFormat).TryWriteBytes(header.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(LengthPlace), size);
        "_FVH"u8.CopyTo(header.AsSpan(SignaturePlace));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(AttributesPlace), Attributes);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(HeaderLengthPlace), HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(ExtendedHeaderPlace), HeaderSize);
        header[RevisionPlace] = Revision;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(BlockMapPlace), checked((uint)(size / BlockSize)));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(BlockMapPlace + 4), BlockSize);
        ushort sum = 0;
        for (int i = 0; i < HeaderSize; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(i));
        }

        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(ChecksumPlace), (ushort)-sum);
        s_name.TryWriteBytes(header.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(HeaderSize + 16), ExtendedHeaderSize);
        return header;
    }

    private static void Fill(FileStream output, long end)
    {
        byte[] free = new byte[end - output.Position];
        free.AsSpan().Fill(Erased);
        output.Write(free);
    }

    private static long Align(long value, int unit) => (value + unit - 1) / unit * unit;
}
