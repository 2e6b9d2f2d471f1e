using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;

namespace HyperCore.Tests.Image;

/// <summary>A small 64-bit PE image as it lies in memory: .text at 1000h, .data at 2000h, .reloc at 3000h, counted bytes in between.</summary>
internal static class SamplePe
{
    public const int Size = 0x4000;

    public static byte[] Build(IEnumerable<uint> relocated)
    {
        var image = new byte[Size];
        for (int i = 0x1000; i < 0x3000; i++)
        {
            image[i] = (byte)(i * 37);
        }

        "MZ"u8.CopyTo(image);
        Put32(image, 0x3C, 0x80);
        "PE\0\0"u8.CopyTo(image.AsSpan(0x80));
        Put16(image, 0x84, 0x8664);
        Put16(image, 0x86, 3);
        Put16(image, 0x94, 240);
        Put16(image, 0x98, 0x20B);
        Put32(image, 0x98 + 56, Size);
        Put32(image, 0x98 + 60, 0x400);
        Put32(image, 0x98 + 108, 16);
        int sections = 0x98 + 240;
        PutSection(image, sections, ".text"u8, 0x1000, 0x800, 0x6000_0020);
        PutSection(image, sections + 40, ".data"u8, 0x2000, 0x1000, 0xC000_0040);
        PutSection(image, sections + 80, ".reloc"u8, 0x3000, 0x1000, 0x4200_0040);

        int at = 0x3000;
        foreach (IGrouping<uint, uint> page in relocated.GroupBy(offset => offset & ~0xFFFu))
        {
            ushort[] entries = [.. page.Select(offset => (ushort)(0xA000 | (offset & 0xFFF)))];
            int padding = entries.Length & 1;
            Put32(image, at, page.Key);
            Put32(image, at + 4, (uint)(8 + ((entries.Length + padding) * 2)));
            at += 8;
            foreach (ushort entry in entries)
            {
                Put16(image, at, entry);
                at += 2;
            }

            at += padding * 2;
        }

        Put32(image, 0x98 + 112 + 40, 0x3000);
        Put32(image, 0x98 + 112 + 44, (uint)at - 0x3000);
        return image;
    }

    private static void PutSection(byte[] image, int at, ReadOnlySpan<byte> name, uint offset, uint length, uint characteristics)
    {
        name.CopyTo(image.AsSpan(at));
        Put32(image, at + 8, length);
        Put32(image, at + 12, offset);
        Put32(image, at + 36, characteristics);
    }

    private static void Put16(byte[] image, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), value);

    private static void Put32(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);
}
