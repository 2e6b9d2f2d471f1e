using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using HyperCore.StartScreen.Settings;
using Xunit;

namespace HyperCore.Tests.StartScreen;

public class SettingsSlotsTests
{
    private const int DiskSize = 32 << 10;

    [Fact]
    public void Read_EmptyDisk_FindsNothing()
    {
        Assert.Null(SettingsSlots.Read(new byte[DiskSize], out bool encrypted));
        Assert.False(encrypted);
    }

    [Fact]
    public void Write_Read_FindsWhatWasWrittenLast()
    {
        byte[] disk = new byte[DiskSize];
        for (int i = 1; i <= 5; i++)
        {
            Write(disk, $"settings {i}", encrypted: i == 5);
            Assert.Equal($"settings {i}", Text(SettingsSlots.Read(disk, out bool encrypted)));
            Assert.Equal(i == 5, encrypted);
        }
    }

    [Fact]
    public void Write_CutOffAnywhere_LeavesTheOldOrTheNewSettings() => Gen.Select(Gen.Byte.Array[0, 3000], Gen.Byte.Array[0, 3000], Gen.Int[0, 3100]).Sample((first, second, cut) =>
    {
        byte[] disk = new byte[8192];
        Write(disk, [0xAA]);
        Write(disk, first);
        byte[] slot = SettingsSlots.Write(disk, second, false, out int offset);
        int length = Math.Min(cut, slot.Length);
        slot.AsSpan(0, length).CopyTo(disk.AsSpan(offset));

        byte[]? found = SettingsSlots.Read(disk, out _);
        Assert.True(found!.SequenceEqual(first) || found!.SequenceEqual(second));
    });

    [Fact]
    public void Read_AnyBytes_ThrowsNothing() => Gen.Byte.Array[4096].Sample(noise =>
    {
        "HCSETT1\0"u8.CopyTo(noise);
        SettingsSlots.Read(noise, out _);
    });

    [Fact]
    public void Capacity_FitsExactly()
    {
        byte[] disk = new byte[DiskSize];
        byte[] data = new byte[SettingsSlots.Capacity(DiskSize)];
        data.AsSpan().Fill(7);
        Write(disk, data);
        Write(disk, data);

        Assert.Equal(data, SettingsSlots.Read(disk, out _));
    }

    [Fact]
    public void KeptFiles_PackUnpack_GivesTheSameFiles()
    {
        var files = new Dictionary<string, byte[]> { ["settings"] = "a = b\n"u8.ToArray(), ["extra-ca.pem"] = [], ["muttrc"] = [0, 10, 255] };

        Dictionary<string, byte[]>? found = KeptFiles.Unpack(KeptFiles.Pack(files));

        Assert.Equal(files.OrderBy(file => file.Key), found!.OrderBy(file => file.Key));
    }

    [Theory]
    [InlineData("file ../x 1\na")]
    [InlineData("file x 2\na")]
    [InlineData("file x -1\na")]
    [InlineData("file x 1")]
    [InlineData("x 1\na")]
    public void KeptFiles_Unpack_RefusesWhatIsWrong(string text) => Assert.Null(KeptFiles.Unpack(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void KeptFiles_Unpack_AnyBytes_ThrowsNothing() => Gen.Byte.Array[0, 200].Sample(bytes => KeptFiles.Unpack([.. "file a "u8, .. bytes]));

    [Fact]
    public void Cipher_RightPassphrase_Opens()
    {
        byte[] box = SettingsCipher.Create("correct horse", rounds: 100).Seal("secret"u8);

        Assert.Null(SettingsCipher.ForSealed("wrong horse", box));
        Assert.Equal("secret", Text(SettingsCipher.ForSealed("correct horse", box)!.Open(box)));
        Assert.DoesNotContain("secret", Encoding.Latin1.GetString(box), StringComparison.Ordinal);
    }

    [Fact]
    public void Cipher_ChangedAnywhere_DoesNotOpen()
    {
        byte[] box = SettingsCipher.Create("p", rounds: 1).Seal("secret"u8);
        for (int i = 0; i < box.Length; i++)
        {
            // More rounds than anybody would wait for are refused as well; the high bytes of their number are not tried.
            if (i is not (>= 17 and < 20))
            {
                box[i] ^= 1;
                Assert.Null(SettingsCipher.ForSealed("p", box));
                box[i] ^= 1;
            }
        }

        Assert.Null(SettingsCipher.ForSealed("p", box.AsSpan(0, 40)));
    }

    private static void Write(byte[] disk, string text, bool encrypted = false) => Write(disk, Encoding.UTF8.GetBytes(text), encrypted);

    private static void Write(byte[] disk, byte[] data, bool encrypted = false)
    {
        byte[] slot = SettingsSlots.Write(disk, data, encrypted, out int offset);
        slot.CopyTo(disk, offset);
    }

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);
}
