using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class ElfFromPeTests
{
    private const uint Text = 0x6000_0020;
    private const uint Data = 0xC000_0040;
    private const uint Discardable = 0x4200_0040;
    private const int ProgramHeaders = 52;

    [Fact]
    public void ElfFromPe_Image_BecomesExecutableFor386()
    {
        byte[] elf = ElfFromPe.Convert(Image());

        Assert.Equal("\u007fELF", Encoding.Latin1.GetString(elf, 0, 4));
        Assert.Equal([1, 1, 1], elf[4..7]);
        Assert.Equal(2, Read16(elf, 16));
        Assert.Equal(3, Read16(elf, 18));
        Assert.Equal(0x10_3004u, Read32(elf, 24));
        Assert.Equal(3, Read16(elf, 44));
    }

    [Fact]
    public void ElfFromPe_Sections_BecomeSegmentsAtTheirAddresses()
    {
        byte[] elf = ElfFromPe.Convert(Image());

        Assert.Equal([1u, 0x10_1000u, 0x10_1000u, 0x300u, 0x300u, 5u, 0x1000u], Segment(elf, 0, out int text));
        Assert.Equal([1u, 0x10_2000u, 0x10_2000u, 0x200u, 0x5000u, 6u, 0x1000u], Segment(elf, 1, out int data));
        Assert.Equal([1u, 0x10_3000u, 0x10_3000u, 0x10u, 0x10u, 5u, 0x1000u], Segment(elf, 2, out int boot));
        Assert.All(elf[text..(text + 0x300)], value => Assert.Equal(1, value));
        Assert.All(elf[data..(data + 0x200)], value => Assert.Equal(2, value));
        Assert.All(elf[boot..(boot + 0x10)], value => Assert.Equal(3, value));
    }

    [Fact]
    public void ElfFromPe_BootSection_IsInTheFirstEightKilobytes()
    {
        byte[] elf = ElfFromPe.Convert(Image());

        Segment(elf, 2, out int boot);
        Assert.InRange(boot, 0, 8192 - 0x10);
    }

    [Fact]
    public void ElfFromPe_Segments_LieAlikeInFileAndMemoryWithinAPage()
    {
        byte[] elf = ElfFromPe.Convert(Image());

        for (int i = 0; i < 3; i++)
        {
            uint[] segment = Segment(elf, i, out int offset);
            Assert.Equal((int)(segment[1] % 0x1000), offset % 0x1000);
        }
    }

    [Fact]
    public void ElfFromPe_HighBase_IsRefused()
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => ElfFromPe.Convert(Image(0x1_4000_0000)));
        Assert.Contains("140000000h", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ElfFromPe_NoPe_IsRefused() => Assert.Throws<InvalidDataException>(() => ElfFromPe.Convert("no PE file"u8.ToArray()));

    [Fact]
    public void ElfFromPe_CutOff_IsRefused() => Assert.Throws<InvalidDataException>(() => ElfFromPe.Convert(Image()[..0x900]));

    private static uint[] Segment(byte[] elf, int index, out int offset)
    {
        int at = ProgramHeaders + (index * 32);
        offset = (int)Read32(elf, at + 4);
        return [Read32(elf, at), Read32(elf, at + 8), Read32(elf, at + 12), Read32(elf, at + 16), Read32(elf, at + 20), Read32(elf, at + 24), Read32(elf, at + 28)];
    }

    /// <summary>Code, data with zeros behind it, a boot section, and one that is not for memory.</summary>
    private static byte[] Image(ulong imageBase = 0x10_0000)
    {
        byte[] pe = new byte[0xC00];
        Write16(pe, 0, 0x5A4D);
        Write32(pe, 0x3C, 0x80);
        Write32(pe, 0x80, 0x4550);
        Write16(pe, 0x84, 0x8664);
        Write16(pe, 0x86, 4);
        Write16(pe, 0x94, 240);
        Write16(pe, 0x96, 0x22);
        Write16(pe, 0x98, 0x20B);
        Write32(pe, 0x98 + 16, 0x3004);
        BinaryPrimitives.WriteUInt64LittleEndian(pe.AsSpan(0x98 + 24), imageBase);
        Write32(pe, 0x98 + 32, 0x1000);
        Write32(pe, 0x98 + 36, 0x200);
        Write32(pe, 0x98 + 56, 0x8000);
        Write32(pe, 0x98 + 60, 0x400);
        Write32(pe, 0x98 + 108, 16);
        Section(pe, 0, ".text", 0x1000, 0x300, 0x400, 0x400, Text, 1);
        Section(pe, 1, ".data", 0x2000, 0x5000, 0x800, 0x200, Data, 2);
        Section(pe, 2, ".boot", 0x3000, 0x10, 0xA00, 0x200, Text, 3);
        Section(pe, 3, ".reloc", 0x7000, 0x10, 0, 0, Discardable, 0);
        return pe;
    }

    private static void Section(byte[] pe, int index, string name, uint address, uint size, uint file, uint fileSize, uint characteristics, byte fill)
    {
        int at = 0x98 + 240 + (index * 40);
        Encoding.ASCII.GetBytes(name).CopyTo(pe, at);
        Write32(pe, at + 8, size);
        Write32(pe, at + 12, address);
        Write32(pe, at + 16, fileSize);
        Write32(pe, at + 20, file);
        Write32(pe, at + 36, characteristics);
        pe.AsSpan((int)file, (int)fileSize).Fill(fill);
    }

    private static int Read16(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));

    private static uint Read32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static void Write16(byte[] bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), value);

    private static void Write32(byte[] bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
}
