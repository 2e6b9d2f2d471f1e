using System;
using System.Buffers.Binary;
using HyperCore.Core.Trust;

namespace HyperCore.Tests.Trust;

/// <summary>A small UEFI image as a file, with a section for a key: .text at 200h of the file, .trust at 400h.</summary>
internal static class SampleImage
{
    public const int AnchorAt = 0x400;

    private const int OptionalHeader = 0x98;

    public static byte[] Build()
    {
        byte[] file = new byte[0x800];
        "MZ"u8.CopyTo(file);
        Put32(file, 0x3C, 0x80);
        "PE\0\0"u8.CopyTo(file.AsSpan(0x80));
        Put16(file, 0x84, 0x8664);
        Put16(file, 0x86, 2);
        Put16(file, 0x94, 240);
        Put16(file, 0x96, 0x22);
        Put16(file, OptionalHeader, 0x20B);
        Put32(file, OptionalHeader + 4, 0x200);
        Put32(file, OptionalHeader + 8, 0x400);
        Put32(file, OptionalHeader + 16, 0x1000);
        Put32(file, OptionalHeader + 20, 0x1000);
        Put32(file, OptionalHeader + 32, 0x1000);
        Put32(file, OptionalHeader + 36, 0x200);
        Put32(file, OptionalHeader + 56, 0x3000);
        Put32(file, OptionalHeader + 60, 0x200);
        Put16(file, OptionalHeader + 68, 10);
        Put32(file, OptionalHeader + 108, 16);
        PutSection(file, OptionalHeader + 240, ".text"u8, 0x1000, 0x200, 0x200, 0x200, 0x6000_0020);
        PutSection(file, OptionalHeader + 280, ".trust"u8, 0x2000, TrustAnchor.SectionBytes, 0x400, 0x400, 0x4000_0040);
        file.AsSpan(0x200, 0x200).Fill(0xC3);
        TrustAnchor.Write(file.AsSpan(AnchorAt, TrustAnchor.SectionBytes), default);
        return file;
    }

    private static void PutSection(byte[] file, int at, ReadOnlySpan<byte> name, int address, int length, int offset, int rawLength, uint characteristics)
    {
        name.CopyTo(file.AsSpan(at));
        Put32(file, at + 8, length);
        Put32(file, at + 12, address);
        Put32(file, at + 16, rawLength);
        Put32(file, at + 20, offset);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + 36), characteristics);
    }

    private static void Put16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Put32(byte[] file, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
}
