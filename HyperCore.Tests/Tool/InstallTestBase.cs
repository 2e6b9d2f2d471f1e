using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

/// <summary>A PC for <c>install</c>: a disk with an EFI system partition, which is mounted, and UEFI variables; all in a folder.</summary>
public abstract class InstallTestBase : ToolTestBase
{
    private protected const string Global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private protected const string PartitionGuid = "01234567-89ab-cdef-0123-456789abcdef";

    protected InstallTestBase()
    {
        WriteFile("tree/EFI/HyperCore/hypercore.conf", "[hypercore]\ntimeout = 1\n");
        WriteFile("tree/EFI/HyperCore/mail/vmlinuz", "kernel");
        WriteFile("tree/EFI/BOOT/BOOTX64.EFI", "");
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", EfiImages.Application());
        Directory.CreateDirectory(Path.Combine(Folder, "dev"));
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", Tree, "--output", Path.Combine(Folder, "dev/sda"), "--guid", PartitionGuid));

        WriteFile("proc/self/mountinfo", """
            22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
            36 22 8:1 / /boot/efi\040here rw,relatime shared:5 master:1 - vfat /dev/sda1 rw,fmask=0077
            37 22 0:31 / /tmp rw - tmpfs tmpfs rw
            """);
        WriteFile("sys/devices/pci0000:00/block/sda/sda1/partition", "1\n");
        WriteFile("sys/dev/block/none", "");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "sys/dev/block/8:1"), "../../devices/pci0000:00/block/sda/sda1");
        Directory.CreateDirectory(Esp + "/EFI/debian");
        WriteFile("sys/firmware/efi/efivars/BootCurrent" + Global, "\u0006\0\0\0\0\0");
        WriteVariable("Boot0000", [1, 0, 0, 0, 4, 0, (byte)'U', 0, (byte)'I', 0, 0, 0, 0x7F, 0xFF, 4, 0]);
        WriteVariable("Boot0002", [1, 0, 0, 0, 4, 0, (byte)'d', 0, 0, 0, 0x7F, 0xFF, 4, 0]);
        WriteVariable("BootOrder", [2, 0, 0, 0]);
    }

    private protected string Tree => Path.Combine(Folder, "tree");

    private protected string Esp => Path.Combine(Folder, "boot/efi here");

    private protected string Variables => Path.Combine(Folder, "sys/firmware/efi/efivars");

    private protected ExitCode Install(params string[] more) => Run("", ["install", "--tree", Tree, "--yes", .. more]);

    /// <summary>The data of a variable, without its attributes; null when it is not there.</summary>
    private protected byte[]? ReadVariable(string name) => File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name))[4..] : null;

    private protected void WriteVariable(string name, byte[] data) => File.WriteAllBytes(PathOf(name), [7, 0, 0, 0, .. data]);

    /// <summary>All files of the partition and all variables, with their contents and times.</summary>
    private protected List<string> Snapshot() => Directory.GetFiles(Esp, "*", SearchOption.AllDirectories).Concat(Directory.GetFiles(Variables)).Order()
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {System.Convert.ToHexString(File.ReadAllBytes(file))}").ToList();

    private string PathOf(string name) => Path.Combine(Variables, name + Global);
}
