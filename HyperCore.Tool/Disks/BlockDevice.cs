using System.Globalization;
using System.IO;

namespace HyperCore.Tool.Disks;

/// <summary>Disks and partitions of the machine that the tool runs on.</summary>
internal static class BlockDevice
{
    // sysfs counts in these, whatever the disk's own are.
    private const int Sector = 512;

    /// <summary>Bytes of a file or of a block device, whose length no file system knows.</summary>
    /// <param name="file">The file.</param>
    /// <param name="systemRoot">The folder that stands for <c>/</c>.</param>
    public static long LengthOf(FileStream file, string systemRoot)
    {
        string size = Path.Combine(systemRoot, "sys/class/block", Path.GetFileName(file.Name), "size");
        return file.Length == 0 && File.Exists(size) ? long.Parse(File.ReadAllText(size).Trim(), CultureInfo.InvariantCulture) * Sector : file.Length;
    }
}
