using System;
using System.IO;
using System.Linq;
using System.Text;
using HyperCore.Core.Firmware;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class InstallCommandTests : InstallTestBase
{
    [Fact]
    public void Install_Entry_HasTheBytesOfTheSpecification()
    {
        Assert.Equal(ExitCode.Good, Install());

        // Written down by hand from UEFI 2.10: 3.1.3 (EFI_LOAD_OPTION), 10.3.5.1 (HD), 10.3.5.4 (file path), 10.3.1 (end).
        string expected = "07000000" // efivarfs: NON_VOLATILE, BOOTSERVICE_ACCESS, RUNTIME_ACCESS
            + "01000000" + "6C00" // LOAD_OPTION_ACTIVE; the path has 42 + 62 + 4 bytes
            + "480079007000650072004300" + "6F00720065000000" // HyperCore
            + "04012A00" + "01000000" + "0008000000000000" + "0030040000000000" // partition 1, block 2048, 134 MiB
            + "67452301AB89EFCD0123456789ABCDEF" + "0202" // its GUID; GPT, and signature by GUID
            + "04043E00" + Convert.ToHexString(Encoding.Unicode.GetBytes("\\EFI\\HyperCore\\HyperCore.efi\0"))
            + "7FFF0400";
        Assert.Equal(expected, Convert.ToHexString(File.ReadAllBytes(Path.Combine(Variables, "Boot0001" + Global))));
        Assert.Equal([2, 0, 0, 0, 1, 0], ReadVariable("BootOrder"));
        Assert.Contains("HD(1,GPT,01234567-89ab-cdef-0123-456789abcdef,0x800,0x43000)/File(\\EFI\\HyperCore\\HyperCore.efi) (new)", Output);
        Assert.Contains("order      0002,0000 -> 0002,0000,0001", Output);
    }

    [Fact]
    public void Install_Files_AreHyperCoresAlone()
    {
        Install();
        Assert.Equal(
            ["EFI/HyperCore/HyperCore.efi", "EFI/HyperCore/hypercore.conf", "EFI/HyperCore/mail/vmlinuz"],
            Directory.GetFiles(Esp, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Esp, file)).Order(StringComparer.Ordinal));
        Assert.Contains("partition  boot/efi here (/dev/sda1, GPT partition 1, 01234567", Output);
    }

    [Fact]
    public void Install_Twice_ChangesNothing()
    {
        Install();
        var before = Snapshot();
        Assert.Equal(ExitCode.Good, Install());
        Assert.Equal(before, Snapshot());
        Assert.Contains(Messages, message => message.Contains("installed already"));
        Assert.Contains("(unchanged)", Output);
    }

    [Fact]
    public void Install_NewBuild_ReplacesWhatDiffers()
    {
        Install();
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", EfiImages.Application(fill: 0x90));
        Assert.Equal(ExitCode.Good, Install());
        Assert.Equal(EfiImages.Application(fill: 0x90), File.ReadAllBytes(Esp + "/EFI/HyperCore/HyperCore.efi"));
        Assert.Contains(@"replace    \EFI\HyperCore\HyperCore.efi (2048 bytes)", Output);
        Assert.Contains("unchanged  2 files", Output);
        Assert.Empty(Directory.GetFiles(Esp, "*.new", SearchOption.AllDirectories));
    }

    [Fact]
    public void Install_ConfigOfTheUser_StaysUnlessToldOtherwise()
    {
        WriteFile("boot/efi here/EFI/HyperCore/hypercore.conf", "# mine\n");
        Install();
        Assert.Equal("# mine\n", File.ReadAllText(Esp + "/EFI/HyperCore/hypercore.conf"));
        Assert.Contains(@"keep       \EFI\HyperCore\hypercore.conf", Output);

        Install("--replace-config");
        Assert.Equal("[hypercore]\ntimeout = 1\n", File.ReadAllText(Esp + "/EFI/HyperCore/hypercore.conf"));
    }

    [Fact]
    public void Install_NamesInOtherLetters_AreTheSameFiles()
    {
        WriteFile("boot/efi here/efi/HYPERCORE/HYPERCORE.CONF", "# mine\n");
        Directory.Delete(Esp + "/EFI", recursive: true);
        Install();
        Assert.Equal("# mine\n", File.ReadAllText(Esp + "/efi/HYPERCORE/HYPERCORE.CONF"));
        Assert.True(File.Exists(Esp + "/efi/HYPERCORE/HyperCore.efi"));
    }

    [Fact]
    public void Install_First_IsFirstAndStaysTheOnlyOne()
    {
        Install();
        Assert.Equal(ExitCode.Good, Install("--first"));
        Assert.Equal([1, 0, 2, 0, 0, 0], ReadVariable("BootOrder"));
        Assert.Equal(3, Directory.GetFiles(Variables, "Boot0*").Length);

        // Without --first it stays where it is.
        Install();
        Assert.Equal([1, 0, 2, 0, 0, 0], ReadVariable("BootOrder"));
    }

    [Fact]
    public void Install_EntryThatDiffers_IsPutRight()
    {
        Install();
        byte[] good = ReadVariable("Boot0001")!;
        byte[] inactive = (byte[])good.Clone();
        inactive[0] = 0;
        WriteVariable("Boot0001", inactive);
        Assert.Equal(ExitCode.Good, Install());
        Assert.Equal(good, ReadVariable("Boot0001"));
        Assert.Contains("(differs, is put right)", Output);

        Install("--label", "Mail");
        Assert.True(LoadOption.TryParse(ReadVariable("Boot0001"), out _, out ReadOnlySpan<byte> description, out _));
        Assert.Equal("Mail", Encoding.Unicode.GetString(description));
        Assert.Equal(3, Directory.GetFiles(Variables, "Boot0*").Length);
    }

    [Fact]
    public void Install_EntryBehindAGap_IsFound()
    {
        Install();
        File.Move(Path.Combine(Variables, "Boot0001" + Global), Path.Combine(Variables, "Boot2003" + Global));
        WriteVariable("BootOrder", [2, 0, 0, 0]);
        Install();
        Assert.Contains("Boot2003", Output);
        Assert.Null(ReadVariable("Boot0001"));
        Assert.Equal([2, 0, 0, 0, 3, 0x20], ReadVariable("BootOrder"));
    }

    [Fact]
    public void Install_NoBootOrderYet_MakesOne()
    {
        File.Delete(Path.Combine(Variables, "BootOrder" + Global));
        Install();
        Assert.Equal([1, 0], ReadVariable("BootOrder"));
    }

    [Fact]
    public void Install_DamagedVariables_AreLeftAlone()
    {
        WriteVariable("Boot0000", [1, 0, 0, 0, 0xFF, 0xFF, 0x41, 0]);
        WriteVariable("Boot0002", []);
        File.WriteAllBytes(Path.Combine(Variables, "Boot0003" + Global), []);
        File.WriteAllBytes(Path.Combine(Variables, "BootXYZW" + Global), [1]);
        Assert.Equal(ExitCode.Good, Install());
        Assert.NotNull(ReadVariable("Boot0001"));
    }

    [Fact]
    public void Install_DryRunOrNo_ChangesNothing()
    {
        var before = Snapshot();
        Assert.Equal(ExitCode.Good, Run("", "install", "--tree", Tree, "--dry-run"));
        Assert.Contains("Boot0001", Output);
        Assert.Equal(ExitCode.Declined, Run("n\n", "install", "--tree", Tree));
        Assert.Equal(ExitCode.Declined, Run("", "install", "--tree", Tree));
        Assert.Equal(before, Snapshot());

        Assert.Equal(ExitCode.Good, Run("y\n", "install", "--tree", Tree));
        Assert.NotNull(ReadVariable("Boot0001"));
    }

    [Theory]
    [InlineData("--esp")]
    [InlineData("--device")]
    public void Install_PartitionThatIsNamed_IsTheSame(string option)
    {
        Assert.Equal(ExitCode.Good, Install(option, option == "--esp" ? Esp + "/" : "/dev/sda1"));
        Assert.NotNull(ReadVariable("Boot0001"));
    }

    [Fact]
    public void Install_NoUefi_SaysWhatHelps()
    {
        Directory.Delete(Variables, recursive: true);
        Assert.Equal(ExitCode.Failed, Install());
        Assert.Contains(Messages, message => message.Contains("not started by UEFI") && message.Contains("--no-entry"));
        Assert.False(Directory.Exists(Esp + "/EFI/HyperCore"));

        Assert.Equal(ExitCode.Good, Install("--no-entry"));
        Assert.True(Directory.Exists(Esp + "/EFI/HyperCore"));
    }

    [Fact]
    public void Install_FolderThatIsNoPartition_TakesFilesOnly()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "stick")).FullName;
        Assert.Equal(ExitCode.Failed, Install("--esp", folder));
        Assert.Contains(Messages, message => message.Contains("is no mount point"));
        Assert.Equal(ExitCode.Good, Install("--esp", folder, "--no-entry"));
        Assert.True(File.Exists(folder + "/EFI/HyperCore/HyperCore.efi"));
    }

    [Fact]
    public void Install_CalledWrongly_SaysHow()
    {
        Assert.Equal(ExitCode.Usage, Install("--esp", Esp, "--device", "/dev/sda1"));
        Assert.Equal(ExitCode.Usage, Install("--device", "/dev/sdb1"));
        Assert.Contains(Messages, message => message.Contains("sudo mount /dev/sdb1"));
        Assert.Equal(ExitCode.Usage, Install("--esp", "/does/not/exist"));
        Assert.Equal(ExitCode.Usage, Run("", "install", "--tree", "/does/not/exist"));

        File.AppendAllText(Path.Combine(Folder, "proc/self/mountinfo"), "\n40 22 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n");
        Directory.CreateDirectory(Path.Combine(Folder, "media/stick/EFI"));
        Assert.Equal(ExitCode.Usage, Install());
        Assert.Contains(Messages, message => message.Contains("several EFI system partitions"));

        WriteFile("proc/self/mountinfo", "22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\nnonsense\n");
        Assert.Equal(ExitCode.Usage, Install());
        Assert.Contains(Messages, message => message.Contains("no EFI system partition is mounted"));
    }

    [Fact]
    public void Install_NoApplication_IsRefused()
    {
        File.WriteAllBytes(Tree + "/EFI/HyperCore/HyperCore.efi", EfiImages.Application(subsystem: 3));
        var before = Snapshot();
        Assert.Equal(ExitCode.Bad, Install());
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Install_FirmwareThatTakesNothing_IsReported()
    {
        // A folder where the variable would be: nothing can be written there.
        Directory.CreateDirectory(Path.Combine(Variables, "Boot0001" + Global));
        Assert.Equal(ExitCode.Failed, Install());
        Assert.Contains(Messages, message => message.Contains("Boot0001 cannot be written: ") && message.Contains("efivars/Boot0001"));
        Assert.Equal([2, 0, 0, 0], ReadVariable("BootOrder"));
    }
}
