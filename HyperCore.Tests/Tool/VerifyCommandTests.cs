using System;
using System.IO;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class VerifyCommandTests : ToolTestBase
{
    private const string Config = """
        [vm mail]
        kernel = \EFI\HyperCore\mail\vmlinuz
        initrd = \efi\hypercore\MAIL\initial ram disk.img
        disk   = \EFI\HyperCore\mail\disk
        memory = 64M
        """;

    private string Tree => Path.Combine(Folder, "tree");

    private string Image => Path.Combine(Folder, "stick.img");

    [Fact]
    public void Verify_CompleteStick_IsGood()
    {
        MakeImage();
        Assert.Equal(ExitCode.Good, Run("", "verify", "--image", Image));
        Assert.DoesNotContain("error", Output);
        Assert.DoesNotContain("warning", Output);
        Assert.Matches(@"ok +\\EFI\\BOOT\\BOOTX64\.EFI +UEFI application, 2048 bytes", Output);
        Assert.Matches(@"ok +\\EFI\\HyperCore\\mail\\vmlinuz +kernel of vm mail, 6 bytes", Output);
        Assert.Matches(@"ok .*initial ram disk\.img +initrd of vm mail", Output);
    }

    [Fact]
    public void Verify_Folder_NeedsNoRemovableName()
    {
        MakeTree();
        Directory.Delete(Tree + "/EFI/BOOT", recursive: true);
        Assert.Equal(ExitCode.Good, Run("", "verify", "--esp", Tree));
        Assert.Matches(@"ok +\\EFI\\BOOT\\BOOTX64\.EFI +is not there, and not needed", Output);
    }

    [Theory]
    [InlineData("EFI/HyperCore/HyperCore.efi", "is missing")]
    [InlineData("EFI/HyperCore/hypercore.conf", "is missing")]
    [InlineData("EFI/HyperCore/mail/vmlinuz", "is missing: kernel of vm mail")]
    [InlineData("EFI/HyperCore/mail/initial ram disk.img", "is missing: initrd of vm mail")]
    public void Verify_MissingFile_IsNamed(string file, string expected)
    {
        MakeTree();
        File.Delete(Path.Combine(Tree, file));
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", Tree));
        Assert.Contains(expected, Output);
    }

    [Fact]
    public void Verify_BadFiles_AreNamed()
    {
        MakeTree();
        WriteFile("tree/EFI/HyperCore/mail/disk", "no whole sector");
        WriteFile("tree/EFI/HyperCore/mail/vmlinuz", "");
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", Tree));
        Assert.Contains("no whole sectors of 512: disk of vm mail", Output);
        Assert.Contains("is empty: kernel of vm mail", Output);

        WriteFile("tree/EFI/HyperCore/hypercore.conf", "[hypercore]\ntimeout = soon\n");
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", Tree));
        Assert.Matches(@"error +\\EFI\\HyperCore\\hypercore\.conf +2:11: .*expected", Output);
    }

    [Fact]
    public void Verify_WrongImages_AreToldApart()
    {
        Assert.Contains("is no UEFI application", Problem(EfiImages.Application(subsystem: 3)));
        Assert.Contains("another processor", Problem(EfiImages.Application(machine: 0x14C)));
        Assert.Contains("cut off: section .text", Problem(EfiImages.Application()[..0x300]));
        Assert.Contains("no PE image", Problem("#!/bin/sh"u8.ToArray()));
        Assert.Contains("no PE image", Problem([]));
        Assert.Contains("no PE image", Problem(EfiImages.Application()[..0x100]));
    }

    [Fact]
    public void Verify_TwoBuilds_Warns()
    {
        MakeTree();
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", EfiImages.Application(fill: 0x90));
        Run("", "image", "build", "--tree", Tree, "--output", Image);
        Assert.Equal(ExitCode.Good, Run("", "verify", "--image", Image));
        Assert.Contains("two builds?", Output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(1024)]
    [InlineData(20_000)]
    [InlineData(1_048_576)]
    [InlineData(1_200_000)]
    [InlineData(2_000_000)]
    public void Verify_CutOffImage_IsBad(long length)
    {
        MakeImage();
        using (FileStream file = File.OpenWrite(Image))
        {
            file.SetLength(length);
        }

        Assert.Equal(ExitCode.Bad, Run("", "verify", "--image", Image));
        Assert.Contains("error", Output);
    }

    [Fact]
    public void Verify_LostCopyOfThePartitionTable_IsBad()
    {
        MakeImage();
        using (FileStream file = File.OpenWrite(Image))
        {
            file.SetLength(file.Length - 512);
        }

        Assert.Equal(ExitCode.Bad, Run("", "verify", "--image", Image));
        Assert.Contains("copy of the GPT", Output);
        Assert.Contains("kernel of vm mail", Output);
    }

    [Fact]
    public void Verify_DamagedImages_AreReadWithoutHarm()
    {
        MakeImage();
        var random = new Random(504);
        byte[] value = new byte[4];
        for (int i = 0; i < 150; i++)
        {
            // The sectors that say where things are: the GPT, the boot sector, the FAT's beginning and folders.
            using (FileStream file = File.OpenWrite(Image))
            {
                file.Position = random.Next(4) switch
                {
                    0 => random.Next(20_000),
                    1 => 1_048_576 + random.Next(128),
                    2 => 1_048_576 + 19_456 + random.Next(64),
                    _ => 1_048_576 + 569_344 + random.Next(16_384),
                };
                random.NextBytes(value);
                file.Write(value, 0, random.Next(1, 5));
            }

            Assert.InRange(Run("", "verify", "--image", Image), ExitCode.Good, ExitCode.Bad);
            if (i % 10 == 9)
            {
                Run("", "image", "build", "--tree", Tree, "--output", Image);
            }
        }
    }

    [Fact]
    public void Verify_NothingOrBoth_IsCalledWrongly()
    {
        Assert.Equal(ExitCode.Usage, Run("", "verify"));
        Assert.Equal(ExitCode.Usage, Run("", "verify", "--esp", ".", "--image", "x"));
        Assert.Equal(ExitCode.Usage, Run("", "verify", "--esp", "/does/not/exist"));
        Assert.Equal(ExitCode.Usage, Run("", "verify", "--image", "/does/not/exist"));
    }

    private string Problem(byte[] image)
    {
        MakeTree();
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", image);
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", Tree));
        return Output;
    }

    private void MakeImage()
    {
        MakeTree();
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", Tree, "--output", Image));
    }

    private void MakeTree()
    {
        WriteFile("tree/EFI/HyperCore/hypercore.conf", Config);
        WriteFile("tree/EFI/HyperCore/mail/vmlinuz", "kernel");
        WriteFile("tree/EFI/HyperCore/mail/initial ram disk.img", "files");
        WriteFile("tree/EFI/HyperCore/mail/disk", new string('x', 1024));
        WriteFile("tree/EFI/BOOT/BOOTX64.EFI", "");
        File.WriteAllBytes(Tree + "/EFI/BOOT/BOOTX64.EFI", EfiImages.Application());
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", EfiImages.Application());
    }
}
