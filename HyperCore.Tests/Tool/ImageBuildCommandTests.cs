using System;
using System.IO;
using System.Linq;
using HyperCore.Tests.Harness;
using HyperCore.Tool;
using Microsoft.Extensions.Logging;
using Xunit;

namespace HyperCore.Tests.Tool;

public class ImageBuildCommandTests : ToolTestBase
{
    private const string PartitionOffset = "@@1048576";
    private const int Cylinder = 504 * 1024;

    private string? _sourceDate;

    private string Image => Path.Combine(Folder, "stick.img");

    [Fact]
    public void Build_Image_IsGoodToPartitioningToolsFileSystemCheckAndMtools()
    {
        string tree = MakePartition();
        string large = WriteBytes("tree/EFI/HyperCore/mail/Initial RAM disk, large.img", 3_000_001);

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--output", Image));

        Assert.Contains("No problems found", HostCommand.Run("/usr/sbin/sgdisk", "--verify", Image));
        string partitions = HostCommand.Run("/usr/sbin/sgdisk", "--print", "--info=1", Image);
        Assert.Contains("C12A7328-F81F-11D2-BA4B-00A0C93EC93B", partitions);
        Assert.Contains("First sector: 2048 ", partitions);
        Assert.Contains("Partition name: 'HyperCore'", partitions);
        Assert.Contains(" files, ", HostCommand.Run("/usr/sbin/fsck.vfat", "-n", Partition()));
        string copy = Path.Combine(Folder, "copy");
        HostCommand.Run("mcopy", "-n", "-i", Image + PartitionOffset, "::/EFI/HyperCore/mail/Initial RAM disk, large.img", copy);
        Assert.Equal(File.ReadAllBytes(large), File.ReadAllBytes(copy));
    }

    [Fact]
    public void Build_SameFiles_SameBytesWhateverTheirTimes()
    {
        string tree = MakePartition();
        Run("", "image", "build", "--tree", tree, "--output", Image);
        string other = Path.Combine(Folder, "other.img");
        File.SetLastWriteTimeUtc(tree + "/EFI/BOOT/BOOTX64.EFI", new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Run("", "image", "build", "--tree", tree, "--output", other);
        Assert.True(AreSame(Image, other));

        _sourceDate = "1700000000";
        Run("", "image", "build", "--tree", tree, "--output", other);
        Assert.False(AreSame(Image, other));
        Assert.Contains("2023-11-14", HostCommand.Run("mdir", "-i", other + PartitionOffset, "::/EFI/BOOT"));
    }

    [Fact]
    public void Build_OtherContent_OtherGuids()
    {
        string tree = MakePartition();
        Run("", "image", "build", "--tree", tree, "--output", Image);
        string before = HostCommand.Run("/usr/sbin/sgdisk", "--info=1", Image);
        File.AppendAllText(tree + "/EFI/HyperCore/hypercore.conf", "# more\n");
        Run("", "image", "build", "--tree", tree, "--output", Image);
        Assert.NotEqual(before, HostCommand.Run("/usr/sbin/sgdisk", "--info=1", Image));

        Run("", "image", "build", "--tree", tree, "--output", Image, "--guid", "01234567-89ab-cdef-0123-456789abcdef");
        Assert.Contains("01234567-89AB-CDEF-0123-456789ABCDEF", HostCommand.Run("/usr/sbin/sgdisk", "--info=1", Image));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("200M")]
    [InlineData("1G")]
    public void Build_AnySize_IsWholeCylindersOfBochs(string? size)
    {
        string[] more = size == null ? [] : ["--size", size];
        Assert.Equal(ExitCode.Good, Run("", ["image", "build", "--tree", MakePartition(), "--output", Image, .. more]));
        long length = new FileInfo(Image).Length;
        Assert.Equal(0, length % Cylinder);
        Assert.True(length >= (size == "1G" ? 1L << 30 : 139_264 * 1024));
        HostCommand.Run("/usr/sbin/fsck.vfat", "-n", Partition());
    }

    [Fact]
    public void Build_NamesThatBeginAlike_AreAllThere()
    {
        string tree = MakePartition();
        string[] names = [.. Enumerable.Range(0, 120).Select(i => $"long name of file number {i}.data"), "LONGNA~1.DAT", "ÄÖ.txt", "a.b.c", "UPPER.TXT", "lower.txt"];
        foreach (string name in names)
        {
            WriteFile($"tree/EFI/HyperCore/many/{name}", name);
        }

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--output", Image));
        HostCommand.Run("/usr/sbin/fsck.vfat", "-n", Partition());
        string copy = Directory.CreateDirectory(Path.Combine(Folder, "copy")).FullName;
        HostCommand.Run("mcopy", "-n", "-s", "-i", Image + PartitionOffset, "::/EFI/HyperCore/many", copy);
        Assert.Equal(names.Length, Directory.GetFiles(copy + "/many").Length);
        Assert.All(names.Where(name => name[0] != 'Ä'), name => Assert.Equal(name, File.ReadAllText(Path.Combine(copy, "many", name))));
    }

    [Fact]
    public void Build_SingleFiles_GoWhereTheyBelong()
    {
        string efi = WriteBytes("HyperCore.efi", 5000);
        string config = WriteFile("my.conf", "");
        string kernel = WriteBytes("vmlinuz", 7);
        string esp = Path.Combine(Folder, "esp");

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--efi", efi, "--config", config, "--add", @"\EFI\HyperCore\mail\vmlinuz=" + kernel, "--esp", esp));

        Assert.Equal(
            ["EFI/BOOT/BOOTX64.EFI", "EFI/HyperCore/HyperCore.efi", "EFI/HyperCore/hypercore.conf", "EFI/HyperCore/mail/vmlinuz"],
            Directory.GetFiles(esp, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(esp, file)).Order(StringComparer.Ordinal));
        Run("", "image", "build", "--efi", efi, "--config", config, "--esp", esp);
        Assert.Contains(Messages, message => message.Contains("0 of 3 files written"));
    }

    [Fact]
    public void Build_TooMuchForTheSize_IsRefusedAndLeavesTheOldImage()
    {
        string tree = MakePartition();
        WriteFile("stick.img", "old");
        WriteBytes("tree/large", 150 << 20);
        Assert.Equal(ExitCode.Bad, Run("", "image", "build", "--tree", tree, "--output", Image, "--size", "140M"));
        Assert.Contains(Messages, message => message.Contains("the files need"));
        Assert.Equal("old", File.ReadAllText(Image));
        Assert.False(File.Exists(Image + ".new"));
    }

    [Theory]
    [InlineData("--tree DIR or --efi FILE", "--output", "x.img")]
    [InlineData("--output FILE, --esp DIR or --volume FILE", "--tree", ".")]
    [InlineData("1 to 11 letters", "--tree", ".", "--output", "x.img", "--label", "much too long for it")]
    [InlineData("is no size", "--tree", ".", "--output", "x.img", "--size", "big")]
    [InlineData("is no size", "--tree", ".", "--output", "x.img", "--size", "9999999G")]
    [InlineData("is a device", "--tree", "/nowhere", "--output", "/dev/sdx")]
    [InlineData("/nowhere", "--tree", "/nowhere", "--output", "x.img")]
    public void Build_CalledWrongly_SaysHow(string expected, params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, Run("", ["image", "build", .. arguments.Select(argument => argument == "." ? MakePartition() : argument == "/nowhere" && expected == "is a device" ? MakePartition() : argument)]));
        Assert.Contains(Messages, message => message.Contains(expected));
    }

    [Theory]
    [InlineData("1K")]
    [InlineData("20M")]
    public void Build_TooSmallForFat32_IsRefused(string size)
    {
        Assert.Equal(ExitCode.Bad, Run("", "image", "build", "--tree", MakePartition(), "--output", Image, "--size", size));
        Assert.Contains(Messages, message => message.Contains("too small for FAT32: 134 MiB at least"));
    }

    [Fact]
    public void Build_NamesThatFatCannotHold_AreRefused()
    {
        string tree = MakePartition();
        WriteFile("tree/what?", "");
        Assert.Equal(ExitCode.Bad, Run("", "image", "build", "--tree", tree, "--output", Image));
        File.Delete(tree + "/what?");
        WriteFile("tree/efi/x", "");
        WriteFile("tree/name", "");
        WriteFile("tree/NAME", "");
        Assert.Equal(ExitCode.Bad, Run("", "image", "build", "--tree", tree, "--output", Image));
        Assert.Contains(Messages, message => message.Contains("twice"));
    }

    private protected override ToolContext Context(string input, TextWriter output, ILogger log) => new(new StringReader(input), output, log)
    {
        Environment = name => name == "SOURCE_DATE_EPOCH" ? _sourceDate : null,
    };

    private static bool AreSame(string left, string right) => File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right));

    private string Partition()
    {
        string path = Path.Combine(Folder, "partition");
        HostCommand.Run("dd", "if=" + Image, "of=" + path, "bs=1M", "skip=1", "conv=sparse", "status=none");
        return path;
    }
}
