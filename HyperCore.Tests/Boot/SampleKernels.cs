using System;
using System.Buffers.Binary;

namespace HyperCore.Tests.Boot;

/// <summary>Kernel files for the loaders' tests, with contents that are easy to find again.</summary>
internal static class SampleKernels
{
    public const int SetupSectors = 3;

    /// <summary>A bzImage: every byte of its protected-mode code is the low byte of its offset.</summary>
    public static byte[] BzImage(int codeLength = 0x4000, ulong prefAddress = 0x20_0000, uint initSize = 0x1_0000)
    {
        int setup = (SetupSectors + 1) * 512;
        byte[] file = new byte[setup + codeLength];
        for (int i = 0; i < codeLength; i++)
        {
            file[setup + i] = (byte)i;
        }

        Span<byte> header = file;
        header[0x1EF] = 0xFF; // the sentinel, which must not be copied
        header[0x1F1] = SetupSectors;
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x1F4), (uint)(codeLength + 15) / 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(0x1FE), 0xAA55);
        header[0x200] = 0xEB;
        header[0x201] = 0x6C - 2;
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x202), 0x53726448);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(0x206), 0x020F);
        header[0x211] = 0x01;
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x22C), 0x7FFF_FFFF);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x230), 0x20_0000);
        header[0x234] = 1;
        header[0x235] = 21;
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(0x236), 0x3F);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x238), 2047);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(0x250), 0xDEAD);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(0x258), prefAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(0x260), initSize);
        return file;
    }

    /// <summary>An ELF64 executable like vmlinux: text and data linked high and loaded low, per-CPU data linked at 0, a note to skip.</summary>
    public static byte[] Elf64(ulong entry = 0x20_0010, ushort machine = 62)
    {
        byte[] file = new byte[0x3000];
        Span<byte> header = file;
        "\u007FELF"u8.CopyTo(header);
        header[4] = 2;
        header[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(24), entry);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(56), 3);
        ProgramHeader64(header.Slice(64), 1, 0x1000, 0xFFFF_FFFF_8120_0000, 0x20_0000, 0x1800, 0x3000);
        ProgramHeader64(header.Slice(64 + 56), 1, 0x2800, 0, 0x20_4000, 0x800, 0x800);
        ProgramHeader64(header.Slice(64 + 112), 4, 0x2800, 0, 0, 0x20, 0x20);
        for (int i = 0x1000; i < file.Length; i++)
        {
            file[i] = (byte)(i >> 4);
        }

        return file;
    }

    /// <summary>An ELF32 executable, linked and loaded at the same address.</summary>
    public static byte[] Elf32(uint entry = 0x10_0020, uint address = 0x10_0000)
    {
        byte[] file = new byte[0x2000];
        Span<byte> header = file;
        "\u007FELF"u8.CopyTo(header);
        header[4] = 1;
        header[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(18), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(24), entry);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(28), 52);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(42), 32);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Slice(44), 1);
        uint[] fields = [1, 0x1000, address, address, 0x1000, 0x1800, 7, 0x1000];
        for (int i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(52 + (4 * i)), fields[i]);
        }

        for (int i = 0x1000; i < file.Length; i++)
        {
            file[i] = (byte)(i >> 4);
        }

        return file;
    }

    /// <summary>Puts a Multiboot header with a right checksum into a file.</summary>
    public static byte[] WithMultiboot(byte[] file, int offset, uint flags, params uint[] more)
    {
        Span<byte> header = file.AsSpan(offset);
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x1BAD_B002);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(4), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(8), unchecked(0u - 0x1BAD_B002 - flags));
        for (int i = 0; i < more.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(12 + (4 * i)), more[i]);
        }

        return file;
    }

    private static void ProgramHeader64(Span<byte> header, uint type, ulong offset, ulong virtualAddress, ulong physical, ulong fileSize, ulong memorySize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(16), virtualAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(24), physical);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(32), fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Slice(40), memorySize);
    }
}
