using System;
using HyperCore.Core.Firmware;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>Device paths of files on GPT partitions, as the firmware's boot entries have them.</summary>
internal static class FileDevicePath
{
    /// <summary>The path <c>HD(...)/File(...)</c>.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="file">The file's path on it, with backslashes.</param>
    public static ReadOnlySpan<byte> Encode(GuidPartition partition, string file)
    {
        Span<byte> device = stackalloc byte[DevicePath.MaxLength];
        int length = DevicePath.BuildPartition(partition.Number, partition.FirstBlock, partition.Blocks, partition.Id.ToByteArray(), device);
        byte[] path = new byte[DevicePath.MaxLength];
        return path.AsSpan(0, DevicePath.Build(device[..length], file, path));
    }

    /// <summary>The path as firmware and efibootmgr write it.</summary>
    public static string ToText(GuidPartition partition, string file) =>
        $"HD({partition.Number},GPT,{partition.Id},0x{partition.FirstBlock:x},0x{partition.Blocks:x})/File({file})";
}
