using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>Device paths of files on GPT partitions, as the firmware's boot entries have them. (UEFI 2.10, 10.3.)</summary>
internal static class DevicePath
{
    private const int HeaderSize = 4;
    private const byte Media = 4;
    private const byte HardDrive = 1;
    private const byte FilePath = 4;
    private const byte End = 0x7F;
    private const int HardDriveSize = 42;
    private const int SignatureOffset = 24;
    private const byte GptFormat = 2;
    private const byte GuidSignature = 2;

    /// <summary>The path <c>HD(...)/File(...)</c>.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="file">The file's path on it, with backslashes.</param>
    public static byte[] Encode(GuidPartition partition, string file)
    {
        int fileSize = HeaderSize + ((file.Length + 1) * sizeof(char));
        byte[] path = new byte[HardDriveSize + fileSize + HeaderSize];
        Span<byte> drive = path;
        drive[0] = Media;
        drive[1] = HardDrive;
        BinaryPrimitives.WriteUInt16LittleEndian(drive[2..], HardDriveSize);
        BinaryPrimitives.WriteInt32LittleEndian(drive[4..], partition.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(drive[8..], partition.FirstBlock);
        BinaryPrimitives.WriteUInt64LittleEndian(drive[16..], partition.Blocks);
        partition.Id.TryWriteBytes(drive[SignatureOffset..]);
        drive[40] = GptFormat;
        drive[41] = GuidSignature;

        Span<byte> name = drive[HardDriveSize..];
        name[0] = Media;
        name[1] = FilePath;
        BinaryPrimitives.WriteUInt16LittleEndian(name[2..], (ushort)fileSize);
        Encoding.Unicode.GetBytes(file, name[HeaderSize..]);

        Span<byte> end = name[fileSize..];
        end[0] = End;
        end[1] = 0xFF;
        BinaryPrimitives.WriteUInt16LittleEndian(end[2..], HeaderSize);
        return path;
    }

    /// <summary>Reads a path of a file on a GPT partition.</summary>
    /// <param name="path">The path; it may be anything.</param>
    /// <param name="partition">The partition's GUID.</param>
    /// <param name="file">The file's path on it.</param>
    /// <returns>False when it is another kind of path, or damaged.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> path, out Guid partition, out string file)
    {
        partition = Guid.Empty;
        file = "";
        while (path.Length >= HeaderSize)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(path[2..]);
            if (size < HeaderSize || size > path.Length)
            {
                return false;
            }

            if ((path[0] & End) == End)
            {
                return partition != Guid.Empty && file.Length > 0;
            }

            if (path[0] == Media && path[1] == HardDrive && size == HardDriveSize && path[40] == GptFormat && path[41] == GuidSignature)
            {
                partition = new Guid(path.Slice(SignatureOffset, 16));
            }
            else if (path[0] == Media && path[1] == FilePath)
            {
                file = Path.Join(file, Encoding.Unicode.GetString(path[HeaderSize..size]).Split('\0')[0]).Replace('/', '\\');
            }

            path = path[size..];
        }

        return false;
    }

    /// <summary>The path as firmware and efibootmgr write it.</summary>
    public static string ToText(GuidPartition partition, string file) =>
        $"HD({partition.Number},GPT,{partition.Id},0x{partition.FirstBlock:x},0x{partition.Blocks:x})/File({file})";
}
