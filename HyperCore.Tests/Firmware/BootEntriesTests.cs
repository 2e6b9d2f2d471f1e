using System;
using System.Linq;
using CsCheck;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using Xunit;

namespace HyperCore.Tests.Firmware;

/// <summary>HyperCore's entry in the firmware's boot menu, over a store that may fail.</summary>
public sealed class BootEntriesTests
{
    private static readonly byte[] s_path = Path(@"\EFI\HyperCore\HyperCore.efi");

    private readonly FakeVariables _variables = new();

    [Fact]
    public void Install_EmptyStore_MakesBoot0000AndTheOrder()
    {
        Assert.Equal("none", Describe(Entries()));
        Install();
        Assert.Equal([0, 0], _variables.Global("BootOrder"));
        Assert.True(LoadOption.TryParse(_variables.Global("Boot0000"), out uint attributes, out _, out ReadOnlySpan<byte> path));
        Assert.Equal(LoadOption.Active, attributes);
        Assert.Equal(s_path, path.ToArray());
        Assert.Equal("Boot0000, first in the order", Describe(Entries()));
    }

    [Fact]
    public void Install_TakesTheLowestFreeNumber_AndTheLastPlace()
    {
        Other(0);
        Other(1);
        Other(0x1F);
        _variables.SetGlobal("BootOrder", 0x1F, 0, 1, 0);
        Install();
        Assert.Equal([0x1F, 0, 1, 0, 2, 0], _variables.Global("BootOrder"));
        Assert.Equal("Boot0002, third in the order", Describe(Entries()));
    }

    [Fact]
    public void Install_Again_WritesNothing()
    {
        Other(0);
        _variables.SetGlobal("BootOrder", 0, 0);
        Install();
        int writes = _variables.Writes.Count;
        Install();
        Assert.Equal(writes, _variables.Writes.Count);
    }

    [Fact]
    public void Install_EntryOutsideOfTheOrder_IsOnlyPutIntoTheOrder()
    {
        Other(0);
        Install();
        _variables.SetGlobal("BootOrder", 0, 0);
        Assert.Equal("Boot0001, not in the boot order", Describe(Entries()));
        int writes = _variables.Writes.Count;
        Install();
        Assert.Equal(["BootOrder"], _variables.Writes.Skip(writes));
        Assert.Equal([0, 0, 1, 0], _variables.Global("BootOrder"));
    }

    [Fact]
    public void Remove_TakesEveryPlaceAndTheEntry()
    {
        Other(0);
        Install();
        _variables.SetGlobal("BootOrder", 1, 0, 0, 0, 1, 0);
        Assert.True(Remove(out _));
        Assert.Equal([0, 0], _variables.Global("BootOrder"));
        Assert.Null(_variables.Global("Boot0001"));
        Assert.False(Remove(out string why));
        Assert.Equal("there is no such entry", why);
    }

    [Fact]
    public void Install_First_ComesFirstAndKeepsOnePlace()
    {
        Other(0);
        _variables.SetGlobal("BootOrder", 0, 0);
        Install(isFirst: true);
        Assert.Equal([1, 0, 0, 0], _variables.Global("BootOrder"));
        _variables.SetGlobal("BootOrder", 0, 0, 1, 0);
        Install(isFirst: true);
        Assert.Equal([1, 0, 0, 0], _variables.Global("BootOrder"));

        // It stays where it is when nobody says where.
        int writes = _variables.Writes.Count;
        Install();
        Assert.Equal(writes, _variables.Writes.Count);
    }

    [Fact]
    public void Install_EntryThatDiffers_IsPutRight()
    {
        Install();
        byte[] good = _variables.Global("Boot0000")!;
        Assert.Equal(LoadOption.Active, good[0]);
        _variables.SetGlobal("Boot0000", [0, .. good[1..]]);
        Install();
        Assert.Equal(good, _variables.Global("Boot0000"));
        Assert.Equal(["Boot0000", "BootOrder", "Boot0000"], _variables.Writes);
    }

    [Fact]
    public void Install_EntryThatDiffers_GetsItsContentsBackWhenTheOrderFails()
    {
        Install();
        byte[] inactive = [0, .. _variables.Global("Boot0000")![1..]];
        _variables.SetGlobal("Boot0000", inactive);
        _variables.SetGlobal("BootOrder", 7, 0);
        _variables.FailAt = _variables.Writes.Count + 1;
        Assert.False(TryInstall(out string why));
        Assert.StartsWith("BootOrder cannot be written: ", why);
        Assert.Equal(inactive, _variables.Global("Boot0000"));
        Assert.Equal([7, 0], _variables.Global("BootOrder"));
    }

    [Fact]
    public void Plan_ChangesNothing()
    {
        Other(0);
        _variables.SetGlobal("BootOrder", 0, 0);
        BootEntries entries = Entries();
        var why = new TextBuilder(new char[400]);
        Assert.True(entries.TryPlanInstall(ref why, isFirst: true));
        Assert.Equal((1, true), (entries.PlannedNumber, entries.IsWritePlanned));
        Assert.Equal([0, 0], entries.Order.Bytes.ToArray());
        Assert.Equal([1, 0, 0, 0], entries.PlannedOrder.Bytes.ToArray());
        Assert.Empty(_variables.Writes);
        Assert.False(entries.TryPlanRemoval(ref why));
        Assert.True(entries.IsAbsent);
    }

    [Fact]
    public void Install_OrderThatIsFull_IsRefused()
    {
        _variables.SetGlobal("BootOrder", [.. Enumerable.Range(0, BootOrder.MaxCount).SelectMany(number => new byte[] { (byte)number, (byte)(0x10 + (number >> 8)) })]);
        Assert.False(TryInstall(out string why));
        Assert.StartsWith("the firmware's boot menu is full", why);
        Assert.Empty(_variables.Writes);
    }

    [Fact]
    public void Remove_Several_TakesAllAndWhatIsNext()
    {
        Other(1);
        Install();
        foreach (string name in (string[])["Boot0002", "Boot0009"])
        {
            _variables.SetGlobal(name, _variables.Global("Boot0000")!);
        }

        _variables.SetGlobal("BootOrder", 9, 0, 1, 0, 0, 0);
        _variables.SetGlobal("BootNext", 0, 0);
        Assert.Equal("Boot0009, first in the order", Describe(Entries()));
        Assert.True(Remove(out _));
        Assert.Equal(["BootOrder", "Boot0001"], _variables.Store.Keys.Select(key => key.Name).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal([1, 0], _variables.Global("BootOrder"));
    }

    [Fact]
    public void Remove_SecondOfTwoFails_GetsItsPlaceBack()
    {
        Install();
        _variables.SetGlobal("Boot0001", _variables.Global("Boot0000")!);
        Other(2);
        _variables.SetGlobal("BootOrder", 0, 0, 2, 0, 1, 0);

        // The order, Boot0000, Boot0001.
        _variables.FailAt = _variables.Writes.Count + 2;
        Assert.False(Remove(out string why));
        Assert.StartsWith("Boot0001 cannot be deleted: ", why);
        Assert.Null(_variables.Global("Boot0000"));
        Assert.Equal([2, 0, 1, 0], _variables.Global("BootOrder"));
    }

    [Fact]
    public void Remove_NextOfAnother_Stays()
    {
        Install();
        _variables.SetGlobal("BootNext", 5, 0);
        Assert.True(Remove(out _));
        Assert.Equal([5, 0], _variables.Global("BootNext"));
    }

    [Fact]
    public void EntryBehindAGap_IsFoundWhereTheLastNumberIsKnown()
    {
        Install();
        _variables.SetGlobal("Boot0123", _variables.Global("Boot0000")!);
        _variables.Store.Remove((VariableOwner.Global, "Boot0000"));
        Assert.Equal("none", Describe(Entries()));
        _variables.Last = 0x123;
        Assert.Equal("Boot0123, not in the boot order", Describe(Entries()));
    }

    [Fact]
    public void EntryWithTheWholePath_IsOurs()
    {
        byte[] buffer = new byte[400];
        byte[] option = new byte[400];
        int length = DevicePath.Build(DevicePathTests.Device, @"\efi\hypercore\HYPERCORE.EFI", buffer);
        _variables.SetGlobal("Boot0004", option[..LoadOption.Build("by hand", buffer.AsSpan(0, length), option)]);
        _variables.SetGlobal("BootOrder", 4, 0);
        Assert.Equal("Boot0004, first in the order", Describe(Entries()));
    }

    [Fact]
    public void OtherEntries_LargeBrokenOrOfAnotherFile_AreNotOurs()
    {
        _variables.SetGlobal("Boot0000", new byte[5000]);
        _variables.SetGlobal("Boot0001", 1, 2, 3);
        byte[] buffer = new byte[400];
        int length = LoadOption.Build("HyperCore", Path(@"\EFI\HyperCore\Other.efi"), buffer);
        _variables.SetGlobal("Boot0002", buffer[..length]);
        _variables.SetGlobal("BootOrder", 0, 0, 1, 0, 2, 0);
        Install();
        Assert.Equal("Boot0003, fourth in the order", Describe(Entries()));
    }

    [Theory]
    [InlineData(VariableResult.OutOfSpace, "Boot0000 cannot be written: the firmware has no room for more variables; delete boot entries")]
    [InlineData(VariableResult.WriteProtected, "Boot0000 cannot be written: the firmware says that the variable cannot be changed; look in the firmware's set-up")]
    public void Install_Refused_SaysWhatToDo(VariableResult failure, string words)
    {
        _variables.FailAt = 0;
        _variables.Failure = failure;
        Assert.False(TryInstall(out string why));
        Assert.StartsWith(words, why);
        Assert.Empty(_variables.Store);
    }

    [Fact]
    public void Install_OrderCannotBeWritten_TakesTheEntryBack()
    {
        Other(0);
        _variables.SetGlobal("BootOrder", 0, 0);
        _variables.FailAt = 1;
        Assert.False(TryInstall(out string why));
        Assert.StartsWith("BootOrder cannot be written: ", why);
        Assert.Equal(["Boot0001", "BootOrder", "Boot0001"], _variables.Writes);
        Assert.Null(_variables.Global("Boot0001"));
        Assert.Equal([0, 0], _variables.Global("BootOrder"));
    }

    [Fact]
    public void Install_NothingCanBeUndone_SaysWhatIsLeft()
    {
        _variables.FailAt = 1;
        _variables.FailsFromThen = true;
        Assert.False(TryInstall(out string why));
        Assert.EndsWith("; Boot0000 is left behind, without a place in the boot order", why);
    }

    [Fact]
    public void Install_FirmwareLies_IsNoticed()
    {
        _variables.LieAt = 0;
        Assert.False(TryInstall(out string why));
        Assert.StartsWith("Boot0000 does not read back as it was written", why);
        Assert.Empty(_variables.Store);
    }

    [Fact]
    public void OrderThatCannotBeRead_IsNotReplaced()
    {
        _variables.SetGlobal("BootOrder", 0, 0);
        _variables.Unreadable = "BootOrder";
        Assert.False(TryInstall(out string why));
        Assert.StartsWith("BootOrder or an entry in it cannot be read", why);
        Assert.Empty(_variables.Writes);
    }

    [Fact]
    public void NoVariables_SayWhy()
    {
        _variables.Reason = "no flash";
        Assert.Equal("no flash", Entries().WhyNot);
        Assert.Equal("not possible: no flash", Describe(Entries()));
        Assert.False(TryInstall(out string why));
        Assert.Equal("no flash", why);
        Assert.NotNull(new BootEntries(new FakeVariables(), default, "x", "").WhyNot);
    }

    // Whatever write fails or is lost: either all is done, or all is as before, or the words say what is left behind.
    [Fact]
    public void AnyFailure_LeavesTheMenuAsItWas() => Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Byte[0, 6].Array[0, 6]).Sample((at, lies, forGood, removes, order) =>
    {
        var variables = new FakeVariables();
        foreach (byte number in order)
        {
            variables.SetGlobal($"Boot{number:X4}", number, 1, 1);
        }

        if (order.Length > 0)
        {
            variables.SetGlobal("BootOrder", [.. order.Distinct().SelectMany(number => new byte[] { number, 0 })]);
        }

        var entries = new BootEntries(variables, s_path, "HyperCore", "x");
        if (removes)
        {
            var ignored = new TextBuilder(new char[400]);
            Assert.True(entries.TryInstall(ref ignored));
        }

        string before = Print(variables);
        int first = variables.Writes.Count;
        variables.FailAt = lies ? -1 : first + at;
        variables.LieAt = lies ? first + at : -1;
        variables.FailsFromThen = forGood;
        var why = new TextBuilder(new char[400]);
        bool done = removes ? entries.TryRemove(ref why) : entries.TryInstall(ref why);
        string words = why.Text.ToString();
        if (done)
        {
            Assert.Equal(!removes, entries.IsInstalled);
            Assert.Equal("", words);
        }
        else if (!words.Contains("left", StringComparison.Ordinal) && !words.Contains("look at the boot order", StringComparison.Ordinal))
        {
            Assert.Equal(before, Print(variables));
        }

        // Nothing of others is ever changed.
        foreach (byte number in order)
        {
            Assert.Equal([number, 1, 1], variables.Global($"Boot{number:X4}"));
        }
    });

    private static byte[] Path(string file)
    {
        byte[] buffer = new byte[400];
        return DevicePath.ShortForm(buffer.AsSpan(0, DevicePath.Build(DevicePathTests.Device, file, buffer))).ToArray();
    }

    private static string Print(FakeVariables variables) =>
        string.Join(' ', variables.Store.OrderBy(entry => entry.Key.Name).Select(entry => $"{entry.Key.Name}={Convert.ToHexString(entry.Value)}"));

    private static string Describe(BootEntries entries)
    {
        var text = new TextBuilder(new char[200]);
        entries.Describe(ref text);
        return text.Text.ToString();
    }

    private BootEntries Entries() => new(_variables, s_path, "HyperCore", @"\EFI\HyperCore\HyperCore.efi");

    private void Other(int number) => _variables.SetGlobal($"Boot{number:X4}", 1, 0, 0, 0, 4, 0, (byte)'x', 0, 0, 0, 0x7F, 0xFF, 4, 0);

    private void Install(bool isFirst = false)
    {
        Assert.True(TryInstall(out string why, isFirst), why);
        Assert.Equal("", why);
    }

    private bool TryInstall(out string why, bool isFirst = false)
    {
        var text = new TextBuilder(new char[400]);
        bool done = Entries().TryInstall(ref text, isFirst);
        why = text.Text.ToString();
        return done;
    }

    private bool Remove(out string why)
    {
        var text = new TextBuilder(new char[400]);
        bool done = Entries().TryRemove(ref text);
        why = text.Text.ToString();
        return done;
    }
}
