using System;
using System.Linq;
using System.Text;
using CsCheck;
using HyperCore.Core.Firmware;
using Xunit;

namespace HyperCore.Tests.Firmware;

/// <summary>Device paths and load options: UEFI 2.10, 10.3 and 3.1.3.</summary>
public sealed class DevicePathTests
{
    private static readonly byte[] s_end = [0x7F, 0xFF, 4, 0];

    // PciRoot(0x0)/Pci(0x2,0x0)
    private static readonly byte[] s_controller = [2, 1, 12, 0, 0xD0, 0x41, 3, 0x0A, 0, 0, 0, 0, 1, 1, 6, 0, 0, 2];

    /// <summary>HD(1,GPT,...), 42 bytes.</summary>
    internal static byte[] Partition { get; } = [4, 1, 42, 0, 1, 0, 0, 0, .. Enumerable.Range(0, 32).Select(i => (byte)(i + 1)), 2, 2];

    /// <summary>A partition of a disk.</summary>
    internal static byte[] Device { get; } = [.. s_controller, .. Partition, .. s_end];

    [Fact]
    public void Build_AppendsTheFile_AndShortFormBeginsAtThePartition()
    {
        byte[] buffer = new byte[256];
        int length = DevicePath.Build(Device, @"\EFI\a.efi", buffer);
        byte[] file = [4, 4, 26, 0, .. Encoding.Unicode.GetBytes("\\EFI\\a.efi\0")];
        Assert.Equal([.. s_controller, .. Partition, .. file, .. s_end], buffer[..length]);
        Assert.True(DevicePath.TryMeasure(buffer, out int measured));
        Assert.Equal(length, measured);
        Assert.Equal([.. Partition, .. file, .. s_end], DevicePath.ShortForm(buffer.AsSpan(0, length)).ToArray());
    }

    [Fact]
    public void ShortForm_NoPartition_IsTheWholePath()
    {
        byte[] path = [.. s_controller, .. s_end];
        Assert.Equal(path, DevicePath.ShortForm(path).ToArray());
    }

    [Fact]
    public void Join_KeepsOneEnd()
    {
        byte[] buffer = new byte[256];
        int length = DevicePath.Join(Device, [.. s_controller, .. s_end], buffer);
        Assert.Equal([.. s_controller, .. Partition, .. s_controller, .. s_end], buffer[..length]);
        Assert.Equal(0, DevicePath.Join(Device, Device, new byte[Device.Length]));
        Assert.Equal(0, DevicePath.Join(Device, s_controller, buffer));
    }

    [Fact]
    public void BuildPartition_HasTheBytesOfTheSpecification()
    {
        byte[] id = [.. Enumerable.Range(17, 16).Select(i => (byte)i)];
        byte[] buffer = new byte[46];
        Assert.Equal(46, DevicePath.BuildPartition(1, 0x0807060504030201, 0x100F0E0D0C0B0A09, id, buffer));
        Assert.Equal([.. Partition, .. s_end], buffer);
        Assert.Equal(0, DevicePath.BuildPartition(1, 0, 0, id, new byte[45]));
    }

    [Theory]
    [InlineData(true, @"\EFI\a.efi")]
    [InlineData(true, @"/efi/A.EFI")]
    [InlineData(true, @"\EFI", @"a.efi")]
    [InlineData(true, @"\EFI\", @"\a.efi")]
    [InlineData(false, @"\EFI\b.efi")]
    [InlineData(false, @"\EFI\a.efi2")]
    [InlineData(false, @"\EFI")]
    [InlineData(false)]
    public void IsSameFile_NamesOnThePartition(bool expected, params string[] names)
    {
        byte[] moved = (byte[])Partition.Clone();
        moved[8] ^= 1;
        byte[] other = Path([.. s_controller, .. moved], names);
        Assert.Equal(expected, DevicePath.IsSameFile(Path(Partition, @"\EFI\a.efi"), other));
        Assert.Equal(expected, DevicePath.IsSameFile(other, Path(Partition, @"\EFI\a.efi")));
    }

    [Fact]
    public void IsSameFile_OtherPartitionOrKind_IsNot()
    {
        byte[] one = Path(Partition, @"\a");
        byte[] other = (byte[])Partition.Clone();
        other[24] ^= 1;
        Assert.False(DevicePath.IsSameFile(one, Path(other, @"\a")));

        // The signature of an MBR is that of all its partitions.
        byte[] ofMbr = [.. Partition[..40], 1, 1];
        byte[] second = (byte[])ofMbr.Clone();
        second[4] = 2;
        Assert.True(DevicePath.IsSameFile(Path(ofMbr, @"\a"), Path(ofMbr, @"\a")));
        Assert.False(DevicePath.IsSameFile(Path(ofMbr, @"\a"), Path(second, @"\a")));
        Assert.False(DevicePath.IsSameFile(one, Path([.. Partition, 4, 6, 4, 0], @"\a")));
        Assert.True(DevicePath.IsSameFile([.. s_controller, .. s_end], [.. s_controller, .. s_end]));
        Assert.False(DevicePath.IsSameFile(Path(Partition, new string('a', 600)), Path(Partition, new string('A', 600))));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x7F, 0xFF, 4 })]
    [InlineData(new byte[] { 1, 1, 3, 0, 0x7F, 0xFF, 4, 0 })]
    [InlineData(new byte[] { 1, 1, 0, 0, 0x7F, 0xFF, 4, 0 })]
    [InlineData(new byte[] { 1, 1, 9, 0, 0x7F, 0xFF, 4, 0 })]
    [InlineData(new byte[] { 1, 1, 4, 0 })]
    public void TryMeasure_BrokenPath_IsRefused(byte[] path)
    {
        Assert.False(DevicePath.TryMeasure(path, out int length));
        Assert.Equal(0, length);
        Assert.Equal(0, DevicePath.Build(path, "x", new byte[100]));
    }

    private static byte[] Path(byte[] device, params string[] names) =>
        [.. device, .. names.SelectMany(name => (byte[])[4, 4, (byte)(6 + (2 * name.Length)), (byte)((6 + (2 * name.Length)) >> 8), .. Encoding.Unicode.GetBytes(name + "\0")]), .. s_end];

    [Fact]
    public void AnyBytes_AreReadWithinTheirBounds() => Gen.Byte[0, 0x7F].Array[0, 80].Sample(bytes =>
    {
        bool good = DevicePath.TryMeasure(bytes, out int length);
        Assert.InRange(length, good ? 4 : 0, bytes.Length);
        Assert.InRange(DevicePath.ShortForm(bytes).Length, 0, bytes.Length);
        byte[] file = Path(Partition, @"\a");
        Assert.False(DevicePath.IsSameFile(bytes, file));
        Assert.False(DevicePath.IsSameFile([.. Partition, .. bytes], file));
        if (LoadOption.TryParse(bytes, out _, out ReadOnlySpan<byte> description, out ReadOnlySpan<byte> path))
        {
            Assert.True(description.Length + path.Length + 8 <= bytes.Length);
        }
    });

    [Fact]
    public void LoadOption_IsReadAsItWasBuilt()
    {
        byte[] buffer = new byte[256];
        int length = LoadOption.Build("Name", Device, buffer);
        byte[] expected = [1, 0, 0, 0, (byte)Device.Length, 0, .. Encoding.Unicode.GetBytes("Name\0"), .. Device];
        Assert.Equal(expected, buffer[..length]);
        byte[] withData = [.. expected, 1, 2, 3];
        Assert.True(LoadOption.TryParse(withData, out uint attributes, out ReadOnlySpan<byte> description, out ReadOnlySpan<byte> path));
        Assert.Equal(LoadOption.Active, attributes);
        Assert.Equal("Name", Encoding.Unicode.GetString(description));
        Assert.Equal(Device, path.ToArray());
    }

    [Fact]
    public void LoadOption_CutAnywhere_IsRefused()
    {
        byte[] buffer = new byte[256];
        int length = LoadOption.Build("Name", Device, buffer);
        for (int i = 0; i < length; i++)
        {
            Assert.False(LoadOption.TryParse(buffer.AsSpan(0, i), out _, out _, out _));
        }
    }
}
