using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Verification;

/// <summary>Opens the EFI system partition of a disk or of an image, and says what is wrong with what is around it.</summary>
internal static class DiskReader
{
    /// <summary>Opens the partition.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="findings">Gets what was found.</param>
    /// <returns>Null when it cannot be read; the findings say why.</returns>
    public static IPartitionFiles? Open(Stream disk, long length, List<Finding> findings)
    {
        try
        {
            GuidPartitionTable table = GuidPartitionTable.Read(disk, length, out string? problem);
            GuidPartition[] candidates = table.Partitions.Where(partition => partition.Type == GuidPartition.EfiSystem).ToArray();
            findings.Add(problem == null
                ? new Finding(FindingKind.Good, "partition table", $"GPT, {table.Partitions.Count} partitions")
                : new Finding(FindingKind.Error, "partition table", problem));
            if (candidates.Length == 0)
            {
                findings.Add(new Finding(FindingKind.Error, "partition table", "has no EFI system partition"));
                return null;
            }

            GuidPartition first = candidates[0];
            var volume = new Fat32Volume(disk, (long)first.FirstBlock * table.BlockSize, (long)first.Blocks * table.BlockSize);
            string name = $"partition {first.Number}";
            findings.Add(volume.HasEqualFats ? new Finding(FindingKind.Good, name, "FAT32") : new Finding(FindingKind.Error, name, "the FAT and its copy differ: the volume is damaged"));
            return volume;
        }
        catch (InvalidDataException e)
        {
            findings.Add(new Finding(FindingKind.Error, "disk", e.Message));
        }
        catch (EndOfStreamException)
        {
            findings.Add(new Finding(FindingKind.Error, "disk", "is cut off"));
        }

        return null;
    }
}
