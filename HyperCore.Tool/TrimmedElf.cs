using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace HyperCore.Tool;

/// <summary>
/// Makes a 64-bit ELF executable smaller without changing what a loader puts into memory: section headers, symbols and padding go, and zeros at
/// the end of a segment are left to the loader, which has to clear what is in memory but not in the file. Linux's vmlinux has tens of MiB of
/// them. (System V ABI, chapters 4 and 5; ELF-64 object file format 1.5.)
/// </summary>
public static class TrimmedElf
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int PageSize = 0x1000;
    private const uint Load = 1;
    private const uint Note = 4;

    /// <summary>Trims an executable.</summary>
    /// <param name="elf">The file.</param>
    /// <returns>The smaller file: the same segments to load, and the notes.</returns>
    /// <exception cref="InvalidDataException">It is not a 64-bit little-endian ELF file, or it is not complete.</exception>
    public static byte[] Trim(byte[] elf)
    {
        if (elf.Length < HeaderSize || !elf.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("it is not a 64-bit ELF file");
        }

        List<byte[]> headers = ReadHeaders(elf);
        var data = new List<(int Offset, ReadOnlyMemory<byte> Bytes)>();
        int end = HeaderSize + (headers.Count * ProgramHeaderSize);
        foreach (byte[] header in headers)
        {
            ReadOnlyMemory<byte> bytes = Data(elf, header);
            bool isLoaded = BinaryPrimitives.ReadUInt32LittleEndian(header) == Load;
            if (isLoaded)
            {
                bytes = bytes[..(bytes.Span.LastIndexOfAnyExcept((byte)0) + 1)];
            }

            // A segment's place in the file and in memory must be the same within a page.
            int within = (int)(Read(header, 16) % PageSize);
            int offset = ((end + PageSize - 1) / PageSize * PageSize) + within;
            Write(header, 8, (ulong)offset);
            if (isLoaded)
            {
                Write(header, 32, (ulong)bytes.Length);
                Write(header, 48, PageSize);
            }

            if (bytes.Length > 0)
            {
                data.Add((offset, bytes));
                end = offset + bytes.Length;
            }
        }

        byte[] trimmed = new byte[end];
        elf.AsSpan(0, HeaderSize).CopyTo(trimmed);
        Write(trimmed, 32, HeaderSize);
        Write(trimmed, 40, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(trimmed.AsSpan(56), (ushort)headers.Count);
        trimmed.AsSpan(58, 6).Clear();
        for (int i = 0; i < headers.Count; i++)
        {
            headers[i].CopyTo(trimmed.AsSpan(HeaderSize + (i * ProgramHeaderSize)));
        }

        foreach ((int offset, ReadOnlyMemory<byte> bytes) in data)
        {
            bytes.Span.CopyTo(trimmed.AsSpan(offset));
        }

        return trimmed;
    }

    private static List<byte[]> ReadHeaders(byte[] elf)
    {
        ulong start = Read(elf, 32);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(54));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56));
        if (size != ProgramHeaderSize || start > (ulong)elf.Length || (ulong)(count * size) > (ulong)elf.Length - start)
        {
            throw new InvalidDataException("the ELF file has no complete program headers");
        }

        var headers = new List<byte[]>();
        for (int i = 0; i < count; i++)
        {
            byte[] header = elf.AsSpan((int)start + (i * size), size).ToArray();
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) is Load or Note)
            {
                headers.Add(header);
            }
        }

        return headers;
    }

    private static ReadOnlyMemory<byte> Data(byte[] elf, byte[] header)
    {
        ulong offset = Read(header, 8);
        ulong length = Read(header, 32);
        if (offset > (ulong)elf.Length || length > (ulong)elf.Length - offset)
        {
            throw new InvalidDataException("an ELF segment reaches beyond the file");
        }

        return elf.AsMemory((int)offset, (int)length);
    }

    private static ulong Read(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));

    private static void Write(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
