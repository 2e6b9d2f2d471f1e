using System;
using System.Buffers.Binary;
using System.Linq;
using CsCheck;
using HyperCore.Core.Image;
using Xunit;

namespace HyperCore.Tests.Image;

public sealed class PeImageTests
{
    [Fact]
    public void TryParse_ReadsHeadersAndSections()
    {
        byte[] bytes = SamplePe.Build([0x2008]);
        Assert.True(PeImage.TryParse(bytes, out PeImage image));

        Assert.Equal((uint)SamplePe.Size, image.SizeOfImage);
        Assert.Equal(0x400u, image.SizeOfHeaders);
        Assert.Equal(3, image.SectionCount);
        PeSection text = image.GetSection(0);
        Assert.Equal((0x1000u, 0x800u, true, false), (text.Offset, text.Length, text.IsExecutable, text.IsWritable));
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(".text\0\0\0"u8), text.Name);
        Assert.Equal((false, true), (image.GetSection(1).IsExecutable, image.GetSection(1).IsWritable));
    }

    [Fact]
    public void TryRelocate_AnywhereAndBack_IsTheSameImage()
    {
        var offsets = Gen.Int[0, (0x4000 - 0x1000 - 8) / 8].HashSet[1, 50];
        Gen.Select(offsets, Gen.ULong).Sample((words, delta) =>
        {
            uint[] at = [.. words.Select(word => 0x1000u + ((uint)word * 8)).Order()];
            byte[] bytes = SamplePe.Build(at.Where(offset => offset < 0x3000));
            byte[] original = (byte[])bytes.Clone();
            Assert.True(PeImage.TryParse(bytes, out PeImage image));

            bool any = at.Any(offset => offset < 0x3000);
            Assert.Equal(any, image.TryRelocate(delta));
            for (int i = 0; any && i < 0x3000; i += 8)
            {
                ulong expected = BinaryPrimitives.ReadUInt64LittleEndian(original.AsSpan(i)) + (at.Contains((uint)i) ? delta : 0);
                Assert.Equal(expected, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i)));
            }

            Assert.Equal(any, image.TryRelocate(0 - delta));
            Assert.Equal(original, bytes);
        });
    }

    [Fact]
    public void TryRelocate_UnalignedAtEndOfPage_Works()
    {
        byte[] bytes = SamplePe.Build([0x1FFD]);
        Assert.True(PeImage.TryParse(bytes, out PeImage image));
        ulong before = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(0x1FFD));
        Assert.True(image.TryRelocate(0x1234_0000));
        Assert.Equal(before + 0x1234_0000, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(0x1FFD)));
    }

    [Fact]
    public void TryRelocate_NoRelocations_IsRefused()
    {
        Assert.True(PeImage.TryParse(SamplePe.Build([]), out PeImage image));
        Assert.False(image.TryRelocate(0x1000));
    }

    [Theory]
    [InlineData(0x3008, 0x3123)] // IMAGE_REL_BASED_HIGHLOW
    [InlineData(0x3000, 0x5000)] // page outside the image
    [InlineData(0x3004, 7)] // block shorter than its header
    [InlineData(0x3004, 0x4000)] // block longer than the section
    public void TryRelocate_BadBlock_IsRefused(int offset, int value)
    {
        byte[] bytes = SamplePe.Build([0x2008, 0x2010]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), (ushort)value);
        Assert.True(PeImage.TryParse(bytes, out PeImage image));
        Assert.False(image.TryRelocate(0x1000));
    }

    [Theory]
    [InlineData(0, 0)] // no "MZ"
    [InlineData(0x3C, 0xFF)] // "PE" is elsewhere
    [InlineData(0x98, 0x0B)] // 32-bit optional header, second byte below
    public void TryParse_NotA64BitImage_IsRefused(int offset, byte value)
    {
        byte[] bytes = SamplePe.Build([0x2008]);
        bytes[offset] = value;
        if (offset == 0x98)
        {
            bytes[0x99] = 1;
        }

        Assert.False(PeImage.TryParse(bytes, out _));
    }

    [Fact]
    public void TryParse_AnyDamage_NeverThrows()
    {
        var damage = Gen.Select(Gen.Int[0, 0x3FF], Gen.Byte).Array[1, 8];
        var tail = Gen.Select(Gen.Int[0x3000, 0x30FF], Gen.Byte).Array[0, 4];
        Gen.Select(damage, tail, Gen.Int[0, SamplePe.Size]).Sample((headers, relocations, length) =>
        {
            byte[] bytes = SamplePe.Build([0x1000, 0x2008, 0x2FF8]);
            foreach ((int at, byte value) in headers.Concat(relocations))
            {
                bytes[at] = value;
            }

            if (PeImage.TryParse(bytes.AsSpan(0, length), out PeImage image))
            {
                image.TryRelocate(0x1000);
            }

            if (PeImage.TryParse(bytes, out image))
            {
                image.TryRelocate(0x1000);
            }
        });
    }
}
