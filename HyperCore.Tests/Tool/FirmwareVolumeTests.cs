using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using HyperCore.Tool;
using HyperCore.Tool.Firmware;
using Xunit;

namespace HyperCore.Tests.Tool;

/// <summary><c>image build --volume</c>, read again by the rules of UEFI Platform Initialization 1.7, volume 3.</summary>
public class FirmwareVolumeTests : ToolTestBase
{
    private const int LargestSmall = (1 << 24) - 1;
    private const byte Freeform = 0x02;
    private const byte Application = 0x09;

    private string Volume => Path.Combine(Folder, "hypercore.fv");

    [Fact]
    public void Build_Volume_HasHyperCoreAsAnApplicationAndFilesByTheirPaths()
    {
        string efi = WriteBytes("HyperCore.efi", 5001);
        string config = WriteBytes("my.conf", 77);
        string kernel = WriteBytes("vmlinuz", 100_002);

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--efi", efi, "--config", config, "--add", @"\EFI\HyperCore\Mail\vmlinuz=" + kernel, "--volume", Volume));

        byte[] volume = File.ReadAllBytes(Volume);
        Assert.Equal(new Guid("8c8ce578-8a3d-4f1c-9935-896185c32dd3"), new Guid(volume.AsSpan(16, 16)));
        Assert.Equal(
            [
                (FirmwareFile.HyperCore, Application, "HyperCore", File.ReadAllBytes(efi)),
                (new Guid("70669e1c-32f3-5a5f-9954-1a219e56c177"), Freeform, @"\EFI\HyperCore\hypercore.conf", File.ReadAllBytes(config)),
                (FirmwareFile.NameOf("/efi/hypercore/mail/VMLINUZ"), Freeform, @"\EFI\HyperCore\Mail\vmlinuz", File.ReadAllBytes(kernel)),
            ],
            Read(volume).OrderBy(file => file.Content.Length == 5001 ? 0 : file.Content.Length));
    }

    [Theory]
    [InlineData(LargestSmall - 64)]
    [InlineData(LargestSmall - 4)]
    [InlineData(LargestSmall - 3)]
    [InlineData(20_000_001)]
    public void Build_FileOfSixteenMegabytesAndMore_HasTheLargeForm(int bytes)
    {
        string kernel = WriteBytes("kernel", bytes);
        string efi = WriteBytes("HyperCore.efi", 512);

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--efi", efi, "--add", @"\k=" + kernel, "--volume", Volume));

        byte[] volume = File.ReadAllBytes(Volume);
        bool isLarge = bytes > LargestSmall - 40;
        Assert.Equal(new Guid(isLarge ? "5473c07a-3dcb-4dca-bd6f-1e9689e7349a" : "8c8ce578-8a3d-4f1c-9935-896185c32dd3"), new Guid(volume.AsSpan(16, 16)));
        Assert.True(Read(volume).Single(file => file.Text == @"\k").Content.AsSpan().SequenceEqual(File.ReadAllBytes(kernel)));
    }

    [Fact]
    public void Build_VolumeOfATree_HasHyperCoreOnceAndIsTheSameEachTime()
    {
        string tree = MakePartition();
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--volume", Volume));
        byte[] first = File.ReadAllBytes(Volume);
        Assert.Single(Read(first), file => file.Type == Application);
        Assert.DoesNotContain(Read(first), file => file.Text.EndsWith(".efi", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--volume", Volume));
        Assert.Equal(first, File.ReadAllBytes(Volume));
    }

    [Fact]
    public void Build_VolumeWithoutHyperCore_SaysWhatIsMissing()
    {
        string tree = Path.Combine(Folder, "none");
        Directory.CreateDirectory(tree);

        Assert.Equal(ExitCode.Usage, Run("", "image", "build", "--tree", tree, "--volume", Volume));

        Assert.Contains(@"expected \EFI\HyperCore\HyperCore.efi among the files", string.Concat(Messages) + Output);
        Assert.False(File.Exists(Volume));
    }

    private static List<(Guid Name, byte Type, string Text, byte[] Content)> Read(byte[] volume)
    {
        Assert.Equal("_FVH", Encoding.ASCII.GetString(volume, 40, 4));
        Assert.Equal(volume.Length, BinaryPrimitives.ReadInt64LittleEndian(volume.AsSpan(32)));
        int header = BinaryPrimitives.ReadUInt16LittleEndian(volume.AsSpan(48));
        ushort sum = 0;
        for (int i = 0; i < header; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16LittleEndian(volume.AsSpan(i));
        }

        Assert.Equal(0, sum);
        Assert.Equal(volume.Length, BinaryPrimitives.ReadInt32LittleEndian(volume.AsSpan(56)) * BinaryPrimitives.ReadInt32LittleEndian(volume.AsSpan(60)));
        int extended = BinaryPrimitives.ReadUInt16LittleEndian(volume.AsSpan(52));
        var files = new List<(Guid Name, byte Type, string Text, byte[] Content)>();
        int at = (extended + BinaryPrimitives.ReadInt32LittleEndian(volume.AsSpan(extended + 16)) + 7) & ~7;
        while (at < volume.Length && volume.AsSpan(at, Math.Min(24, volume.Length - at)).IndexOfAnyExcept((byte)0xFF) >= 0)
        {
            int length = ReadFile(volume, at, files);
            at = (at + length + 7) & ~7;
        }

        Assert.Equal(-1, volume.AsSpan(Math.Min(at, volume.Length)).IndexOfAnyExcept((byte)0xFF));
        return files;
    }

    private static int ReadFile(byte[] volume, int at, List<(Guid Name, byte Type, string Text, byte[] Content)> files)
    {
        bool isLarge = (volume[at + 19] & 1) != 0;
        int header = isLarge ? 32 : 24;
        int length = isLarge ? (int)BinaryPrimitives.ReadInt64LittleEndian(volume.AsSpan(at + 24)) : Size24(volume, at + 20);
        byte sum = 0;
        for (int i = 0; i < header; i++)
        {
            sum += i is 17 or 23 ? (byte)0 : volume[at + i];
        }

        Assert.Equal((0, 0xAA, 0xF8), (sum, volume[at + 17], volume[at + 23]));
        Assert.True(!isLarge || length > LargestSmall);
        int content = at + header;
        int size = ReadSection(volume, content, out int contentStart);
        int text = at + header + ((size + 3) & ~3);
        int textSize = ReadSection(volume, text, out int textStart);
        Assert.Equal(at + length, text + textSize);
        byte type = volume[at + 18];
        Assert.Equal((type == Application ? 0x10 : 0x19, 0x15), (volume[content + 3], volume[text + 3]));
        files.Add((
            new Guid(volume.AsSpan(at, 16)),
            type,
            Encoding.Unicode.GetString(volume, textStart, text + textSize - textStart).TrimEnd('\0'),
            volume[contentStart..(content + size)]));
        return length;
    }

    private static int ReadSection(byte[] volume, int at, out int content)
    {
        int size = Size24(volume, at);
        bool isLarge = size == LargestSmall;
        content = at + (isLarge ? 8 : 4);
        return isLarge ? BinaryPrimitives.ReadInt32LittleEndian(volume.AsSpan(at + 4)) : size;
    }

    private static int Size24(byte[] volume, int at) => volume[at] | (volume[at + 1] << 8) | (volume[at + 2] << 16);
}
