using System.IO;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class UninstallCommandTests : InstallTestBase
{
    [Fact]
    public void Uninstall_Installed_TakesAllOfItAway()
    {
        var before = Snapshot();
        Install();
        WriteVariable("BootNext", [1, 0]);
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--yes"));
        Assert.Contains("remove     Boot0001", Output);
        Assert.Contains("order      0002,0000,0001 -> 0002,0000", Output);
        Assert.Contains(@"remove     \EFI\HyperCore (3 files)", Output);
        Assert.Null(ReadVariable("Boot0001"));
        Assert.Null(ReadVariable("BootNext"));
        Assert.Equal([2, 0, 0, 0], ReadVariable("BootOrder"));
        Assert.False(Directory.Exists(Esp + "/EFI/HyperCore"));
        Assert.True(Directory.Exists(Esp + "/EFI/debian"));
        Assert.Equal(before.Count, Snapshot().Count);
    }

    [Fact]
    public void Uninstall_Twice_HasNothingToDo()
    {
        Install();
        Run("", "uninstall", "--yes");
        var before = Snapshot();
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--yes"));
        Assert.Equal(before, Snapshot());
        Assert.Contains(Messages, message => message.Contains("not installed"));
    }

    [Fact]
    public void Uninstall_DryRunOrNo_ChangesNothing()
    {
        Install();
        var before = Snapshot();
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--dry-run"));
        Assert.Equal(ExitCode.Declined, Run("no\n", "uninstall"));
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Uninstall_KeepFiles_TakesTheEntryOnly()
    {
        Install();
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--keep-files", "--yes"));
        Assert.Null(ReadVariable("Boot0001"));
        Assert.True(File.Exists(Esp + "/EFI/HyperCore/HyperCore.efi"));
    }

    [Fact]
    public void Uninstall_TwoEntries_TakesBoth()
    {
        Install();
        WriteVariable("Boot0005", ReadVariable("Boot0001")!);
        WriteVariable("BootOrder", [5, 0, 2, 0, 1, 0]);
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--yes"));
        Assert.Null(ReadVariable("Boot0001"));
        Assert.Null(ReadVariable("Boot0005"));
        Assert.Equal([2, 0], ReadVariable("BootOrder"));
    }

    [Fact]
    public void Uninstall_EntryOfAnotherDisk_Stays()
    {
        Install();
        byte[] other = ReadVariable("Boot0001")!;

        // A byte of the partition's GUID: behind attributes, length, description, and the fields of HD in front of it.
        other[6 + 20 + 24] ^= 1;
        WriteVariable("Boot0007", other);
        Run("", "uninstall", "--yes");
        Assert.Null(ReadVariable("Boot0001"));
        Assert.NotNull(ReadVariable("Boot0007"));
    }

    [Fact]
    public void Uninstall_LastEntry_LeavesNoEmptyOrder()
    {
        Install();
        WriteVariable("BootOrder", [1, 0]);
        Assert.Equal(ExitCode.Good, Run("", "uninstall", "--yes"));
        Assert.Null(ReadVariable("BootOrder"));
    }
}
