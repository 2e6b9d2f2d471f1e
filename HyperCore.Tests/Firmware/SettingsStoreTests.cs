using System;
using System.Linq;
using CsCheck;
using HyperCore.Core.Firmware;
using Xunit;

namespace HyperCore.Tests.Firmware;

/// <summary>Eight pieces and a checksum in variables, over a store that may fail.</summary>
public sealed class SettingsStoreTests
{
    private readonly FakeVariables _variables = new();

    [Fact]
    public void Load_NothingSaved_IsZeros()
    {
        byte[] contents = Load(out bool torn);
        Assert.False(torn);
        Assert.All(contents, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Save_WritesOnlyWhatHasChanged_WithoutZerosAtTheEnd()
    {
        var store = new SettingsStore(_variables);
        byte[] contents = new byte[SettingsStore.Size];
        store.Load(contents, out _);
        contents[0] = 1;
        contents[2048 + 99] = 2;
        Assert.Equal((VariableResult.Done, 2), Save(store, contents));
        Assert.Equal(["Settings0", "Settings2", "SettingsSum"], _variables.Writes);
        Assert.Equal([1], _variables.Store[(VariableOwner.HyperCore, "Settings0")]);
        Assert.Equal(100, _variables.Store[(VariableOwner.HyperCore, "Settings2")].Length);

        Assert.Equal((VariableResult.Done, 0), Save(store, contents));
        Assert.Equal(3, _variables.Writes.Count);

        contents[0] = 0;
        Assert.Equal((VariableResult.Done, 1), Save(store, contents));
        Assert.False(_variables.Store.ContainsKey((VariableOwner.HyperCore, "Settings0")));
        contents.AsSpan().Clear();
        Save(store, contents);
        Assert.Empty(_variables.Store);
    }

    [Fact]
    public void Load_SomebodyElseChangedAPiece_IsTorn()
    {
        var store = new SettingsStore(_variables);
        byte[] contents = new byte[SettingsStore.Size];
        store.Load(contents, out _);
        contents.AsSpan().Fill(7);
        Save(store, contents);
        _variables.Store[(VariableOwner.HyperCore, "Settings3")] = new byte[2000];
        byte[] loaded = Load(out bool torn);
        Assert.True(torn);
        Assert.Equal(7, loaded[0]);
        Assert.Equal(0, loaded[3 * SettingsStore.PieceSize]);
    }

    [Theory]
    [InlineData("Settings0")]
    [InlineData("Settings7")]
    [InlineData("SettingsSum")]
    public void Load_FirmwareFails_IsNotTakenForZeros(string name)
    {
        _variables.Unreadable = name;
        byte[] contents = new byte[SettingsStore.Size];
        Assert.Equal(VariableResult.DeviceError, new SettingsStore(_variables).Load(contents, out _));
    }

    // Random changes, each saved; a write fails somewhere, and the machine is started again at once or after another try.
    [Fact]
    public void Save_FailsAtAnyWrite_IsWholeOrKnownToBeTorn()
    {
        var change = Gen.Select(Gen.Int[0, SettingsStore.Size - 1], Gen.Int[1, 2500], Gen.Byte[0, 3]);
        Gen.Select(change.Array[1, 6], change.Array[1, 6], Gen.Int[0, 9], Gen.Bool).Sample((first, second, failAt, forGood) =>
        {
            var variables = new FakeVariables();
            var store = new SettingsStore(variables);
            byte[] old = new byte[SettingsStore.Size];
            Assert.Equal(VariableResult.Done, store.Load(old, out _));
            Apply(old, first);
            Assert.Equal(VariableResult.Done, Save(store, old).Result);
            byte[] changed = (byte[])old.Clone();
            Apply(changed, second);

            variables.FailAt = variables.Writes.Count + failAt;
            variables.FailsFromThen = forGood;
            bool saved = Save(store, changed).Result == VariableResult.Done;
            byte[] loaded = new byte[SettingsStore.Size];
            Assert.Equal(VariableResult.Done, new SettingsStore(variables).Load(loaded, out bool torn));
            Assert.True(torn || loaded.AsSpan().SequenceEqual(changed) || (!saved && loaded.AsSpan().SequenceEqual(old)));
            Assert.True(!saved || !torn);
            for (int i = 0; i < SettingsStore.PieceCount; i++)
            {
                Range piece = (i * SettingsStore.PieceSize)..((i + 1) * SettingsStore.PieceSize);
                Assert.True(loaded[piece].SequenceEqual(old[piece]) || loaded[piece].SequenceEqual(changed[piece]));
            }

            // Another try, when the firmware can again, makes it whole.
            variables.FailAt = -1;
            Assert.Equal(VariableResult.Done, Save(store, changed).Result);
            Assert.Equal(VariableResult.Done, new SettingsStore(variables).Load(loaded, out torn));
            Assert.False(torn);
            Assert.Equal(changed, loaded);
        });
    }

    private static void Apply(byte[] contents, (int Start, int Length, byte Value)[] changes)
    {
        foreach ((int start, int length, byte value) in changes)
        {
            contents.AsSpan(start, Math.Min(length, contents.Length - start)).Fill(value);
        }
    }

    private static (VariableResult Result, int Written) Save(SettingsStore store, byte[] contents)
    {
        VariableResult result = store.Save(contents, out int written);
        return (result, written);
    }

    private byte[] Load(out bool torn)
    {
        byte[] contents = new byte[SettingsStore.Size];
        Assert.Equal(VariableResult.Done, new SettingsStore(_variables).Load(contents, out torn));
        return contents;
    }
}
