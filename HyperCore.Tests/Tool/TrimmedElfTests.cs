using System;
using System.Buffers.Binary;
using System.IO;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class TrimmedElfTests
{
    private const int FirstHeader = 64;
    private const uint Load = 1;
    private const uint Note = 4;
    private const uint Stack = 0x6474_E551;

    [Fact]
    public void Trim_ZerosAtTheEndOfASegment_AreLeftToTheLoader()
    {
        byte[] elf = TrimmedElf.Trim(Elf((Load, 0x20_0000, 0x40_0000)));

        Assert.Equal(0x3000ul, Read(elf, FirstHeader + 32));
        Assert.Equal(0x40_0000ul, Read(elf, FirstHeader + 40));
        Assert.InRange(elf.Length, 0x3000, 0x5000);
    }

    [Fact]
    public void Trim_WhatIsLoaded_StaysTheSameAtTheSamePlace()
    {
        byte[] elf = TrimmedElf.Trim(Elf((Load, 0x20_0000, 0x20_0000), (Load, 0x10_0000, 0x10_0000)));

        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56)));
        Assert.Equal(0xFFFF_FFFF_8100_0000ul, Read(elf, 24));
        for (int i = 0; i < 2; i++)
        {
            int header = FirstHeader + (i * 56);
            int offset = (int)Read(elf, header + 8);
            Assert.Equal(0ul, Read(elf, header + 16) % 0x1000 - ((ulong)offset % 0x1000));
            Assert.Equal(0x100_0000ul * (ulong)(i + 1), Read(elf, header + 24));
            Assert.All(elf[offset..(offset + 0x3000)], value => Assert.Equal(i + 1, value));
        }
    }

    [Fact]
    public void Trim_NotesAreKept_OtherHeadersAndSectionsGo()
    {
        byte[] elf = TrimmedElf.Trim(Elf((Stack, 0, 0), (Note, 0x3000, 0x3000)));

        Assert.Equal(1, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56)));
        Assert.Equal(Note, BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(FirstHeader)));
        Assert.Equal(0x3000ul, Read(elf, FirstHeader + 32));
        Assert.Equal(0ul, Read(elf, 40));
        Assert.All(elf[58..64], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Trim_OfWhatWasTrimmed_ChangesNothing()
    {
        byte[] once = TrimmedElf.Trim(Elf((Load, 0x20_0000, 0x40_0000), (Note, 0x3000, 0x3000)));

        Assert.Equal(once, TrimmedElf.Trim(once));
    }

    [Fact]
    public void Trim_NoElf_IsRefused() => Assert.Throws<InvalidDataException>(() => TrimmedElf.Trim(new byte[100]));

    [Fact]
    public void Trim_CutOff_IsRefused() => Assert.Throws<InvalidDataException>(() => TrimmedElf.Trim(Elf((Load, 0x20_0000, 0x40_0000))[..0x1000]));

    /// <summary>An executable whose segments begin with 0x3000 bytes of their number and go on with zeros.</summary>
    private static byte[] Elf(params (uint Type, int FileSize, int MemorySize)[] segments)
    {
        const int First = 0x20_0000;
        byte[] elf = new byte[First * (segments.Length + 1)];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(elf);
        Write(elf, 24, 0xFFFF_FFFF_8100_0000);
        Write(elf, 32, 64);
        Write(elf, 40, 0x1234);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(56), (ushort)segments.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(60), 39);
        for (int i = 0; i < segments.Length; i++)
        {
            int header = FirstHeader + (i * 56);
            int offset = First * (i + 1);
            BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(header), segments[i].Type);
            Write(elf, header + 8, (ulong)offset);
            Write(elf, header + 16, 0xFFFF_FFFF_8100_0000 + ((ulong)i * 0x100_0000));
            Write(elf, header + 24, 0x100_0000ul * (ulong)(i + 1));
            Write(elf, header + 32, (ulong)segments[i].FileSize);
            Write(elf, header + 40, (ulong)segments[i].MemorySize);
            elf.AsSpan(offset, Math.Min(0x3000, segments[i].FileSize)).Fill((byte)(i + 1));
        }

        return elf;
    }

    private static ulong Read(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));

    private static void Write(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
