using System;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>
/// The disk of a PC that has an operating system: a GPT whose second partition is an empty EFI system partition, made by Debian's tools. What a machine
/// writes to it stays. Deleted when disposed.
/// </summary>
internal sealed class PcDisk : IDisposable
{
    private const int SectorsOfMebibyte = 2048;
    private const int FirstSector = 9 * SectorsOfMebibyte;
    private const int EspMebibytes = 64;

    /// <summary>Makes it.</summary>
    public PcDisk()
    {
        using (FileStream file = File.Create(ImagePath))
        {
            file.SetLength((EspMebibytes + 10) * (long)SectorsOfMebibyte * 512);
        }

        int last = FirstSector + (EspMebibytes * SectorsOfMebibyte) - 1;
        HostCommand.Run("sgdisk", "-n", $"1:2048:{FirstSector - 1}", "-t", "1:8300", "-n", $"2:{FirstSector}:{last}", "-t", "2:EF00", "-u", $"2:{PartitionGuid}", ImagePath);
        HostCommand.Run("mkfs.vfat", "-F", "32", "-n", "SYSTEM", "--offset", $"{FirstSector}", ImagePath, $"{EspMebibytes * 1024}");
    }

    /// <summary>The image file.</summary>
    public string ImagePath { get; } = Path.Combine(Path.GetTempPath(), $"hypercore-{Guid.NewGuid():n}.disk");

    /// <summary>The GUID of the EFI system partition.</summary>
    public Guid PartitionGuid { get; } = Guid.NewGuid();

    /// <summary>How firmware and efibootmgr write the partition: <c>HD(2,GPT,...)</c>.</summary>
    public string PartitionText => $"HD(2,GPT,{PartitionGuid},0x{FirstSector:x},0x{EspMebibytes * SectorsOfMebibyte:x})";

    /// <summary>QEMU's arguments for a machine that has it.</summary>
    public string[] Arguments => ["-drive", $"if=none,id=disk,format=raw,file={ImagePath}", "-device", "nvme,drive=disk,serial=disk"];

    /// <inheritdoc/>
    public void Dispose() => File.Delete(ImagePath);
}
