using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>Finds the EFI system partition of the machine that it runs on, and what the disk's GPT says about it.</summary>
/// <param name="systemRoot">The folder that stands for <c>/</c>.</param>
internal sealed partial class EspFinder(string systemRoot)
{
    /// <summary>Finds it.</summary>
    /// <param name="folder">Where it is mounted, if the user says so.</param>
    /// <param name="device">Its device, if the user says so.</param>
    /// <exception cref="UsageException">There is none or more than one, or what the user says cannot be.</exception>
    public EspLocation Find(string? folder, string? device)
    {
        Mount[] mounts = File.ReadLines(Under("proc/self/mountinfo")).Select(Mount.Parse).OfType<Mount>().ToArray();
        if (folder != null)
        {
            if (!Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException($"{folder} is no folder");
            }

            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

            // What was mounted last covers what was there before.
            Mount? mount = Array.FindLast(mounts, mount => Path.TrimEndingDirectorySeparator(Under(mount.Point)) == full);
            return mount == null ? new EspLocation(folder, null, null, $"{folder} is no mount point") : Describe(mount);
        }

        if (device != null)
        {
            // Such as /dev/disk/by-label/ESP.
            string path = Under(device);
            string name = Path.GetFileName(File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : device);
            return Array.Find(mounts, mount => Path.GetFileName(mount.Source) == name) is { } found
                ? Describe(found)
                : throw new UsageException($"{device} is not mounted; mount it first, such as with: sudo mount {device} /mnt");
        }

        EspLocation[] candidates = mounts.Where(mount => mount.FileSystem == "vfat").DistinctBy(mount => mount.Device).Select(Describe).Where(IsEsp).ToArray();
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new UsageException("no EFI system partition is mounted; mount it, and name it with --esp DIR"),
            _ => throw new UsageException($"there are several EFI system partitions, name one with --esp: {string.Join(", ", candidates.Select(candidate => candidate.Folder))}"),
        };
    }

    private static bool IsEsp(EspLocation location) =>
        location.Partition is { } partition ? partition.Type == GuidPartition.EfiSystem : Directory.Exists(FolderWriter.Resolve(location.Folder, "EFI"));

    private EspLocation Describe(Mount mount)
    {
        string folder = Under(mount.Point);
        try
        {
            return new EspLocation(folder, mount.Source, ReadPartition(mount), null);
        }
        catch (UnauthorizedAccessException)
        {
            return new EspLocation(folder, mount.Source, null, "only root may read the disk's partition table");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException)
        {
            return new EspLocation(folder, mount.Source, null, $"{mount.Source}: {e.Message}");
        }
    }

    private GuidPartition ReadPartition(Mount mount)
    {
        // sysfs: the partition's folder is in that of its disk.
        string link = Under($"sys/dev/block/{mount.Device}");
        string device = Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link;
        string numberFile = Path.Combine(device, "partition");
        if (!File.Exists(numberFile))
        {
            throw new IOException("is no partition of a disk");
        }

        int number = int.Parse(File.ReadAllText(numberFile).Trim(), CultureInfo.InvariantCulture);
        string disk = Path.GetFileName(Path.GetDirectoryName(device)!);
        using FileStream stream = File.OpenRead(Under("dev/" + disk.Replace('!', '/')));
        GuidPartitionTable table = GuidPartitionTable.Read(stream, BlockDevice.LengthOf(stream, systemRoot), out _);
        return table.Partitions.FirstOrDefault(partition => partition.Number == number) ?? throw new IOException($"the GPT of {disk} has no partition {number}");
    }

    private string Under(string path) => Path.Combine(systemRoot, path.TrimStart('/'));

    /// <summary>A line of mountinfo. (Linux, Documentation/filesystems/proc.rst, 3.5.)</summary>
    private sealed partial record Mount(string Device, string Point, string FileSystem, string Source)
    {
        public static Mount? Parse(string line)
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-");
            return separator < 6 || separator + 2 >= fields.Length || fields[3] != "/"
                ? null
                : new Mount(fields[2], Unescape(fields[4]), fields[separator + 1], Unescape(fields[separator + 2]));
        }

        private static string Unescape(string text) => Octal().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

        [GeneratedRegex(@"\\([0-7]{3})")]
        private static partial Regex Octal();
    }
}
