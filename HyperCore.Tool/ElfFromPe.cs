using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace HyperCore.Tool;

/// <summary>
/// Turns a PE executable with a fixed base into a 32-bit ELF executable whose segments lie where the PE image would be, for boot loaders that
/// know only ELF. The section named <see cref="FirstSection"/> comes first in the file: it may hold a header that a loader looks for near the
/// start. (System V ABI, chapters 4 and 5; PE format, revision 11.)
/// </summary>
public static class ElfFromPe
{
    /// <summary>The section that goes to the start of the file, if there is one.</summary>
    public const string FirstSection = ".boot";

    private const int HeaderSize = 52;
    private const int ProgramHeaderSize = 32;
    private const int PageSize = 0x1000;
    private const ushort TypeExecutable = 2;
    private const ushort Machine386 = 3;
    private const uint Load = 1;
    private const uint Executable = 1;
    private const uint Writable = 2;
    private const uint Readable = 4;

    /// <summary>Converts an image.</summary>
    /// <param name="pe">The PE file.</param>
    /// <returns>The ELF file.</returns>
    /// <exception cref="InvalidDataException">It is not a PE file, it does not lie below 4 GiB, or it is not complete.</exception>
    public static byte[] Convert(byte[] pe)
    {
        List<Segment> segments = ReadSegments(pe, out uint entry);
        int count = segments.Count;
        int fileSize = HeaderSize + (count * ProgramHeaderSize);
        foreach (Segment segment in segments.OrderByDescending(segment => segment.IsFirst))
        {
            // A segment's place in the file and in memory must be the same within a page.
            int offset = AlignUp(fileSize, PageSize) + (int)(segment.Address % PageSize);
            segment.Offset = offset;
            fileSize = segment.Data.Length == 0 ? fileSize : offset + segment.Data.Length;
        }

        byte[] elf = new byte[fileSize];
        Span<byte> header = elf.AsSpan(0, HeaderSize);
        "\u007fELF"u8.CopyTo(header);
        header[4] = 1; // ELFCLASS32
        header[5] = 1; // ELFDATA2LSB
        header[6] = 1; // EV_CURRENT
        Write16(header, 16, TypeExecutable);
        Write16(header, 18, Machine386);
        Write32(header, 20, 1);
        Write32(header, 24, entry);
        Write32(header, 28, HeaderSize);
        Write16(header, 40, HeaderSize);
        Write16(header, 42, ProgramHeaderSize);
        Write16(header, 44, (ushort)count);
        for (int i = 0; i < count; i++)
        {
            Segment segment = segments[i];
            Span<byte> program = elf.AsSpan(HeaderSize + (i * ProgramHeaderSize), ProgramHeaderSize);
            Write32(program, 0, Load);
            Write32(program, 4, (uint)segment.Offset);
            Write32(program, 8, segment.Address);
            Write32(program, 12, segment.Address);
            Write32(program, 16, (uint)segment.Data.Length);
            Write32(program, 20, segment.MemorySize);
            Write32(program, 24, segment.Flags);
            Write32(program, 28, PageSize);
            segment.Data.Span.CopyTo(elf.AsSpan(segment.Offset));
        }

        return elf;
    }

    private static List<Segment> ReadSegments(byte[] pe, out uint entry)
    {
        PEHeaders headers;
        try
        {
            headers = new PEHeaders(new MemoryStream(pe, writable: false));
        }
        catch (BadImageFormatException e)
        {
            throw new InvalidDataException($"not a PE file: {e.Message}", e);
        }

        PEHeader image = headers.PEHeader ?? throw new InvalidDataException("not a PE executable: the optional header is missing");
        if (image.ImageBase + (ulong)(uint)image.SizeOfImage > uint.MaxValue)
        {
            throw new InvalidDataException($"the image base {image.ImageBase:x}h is not below 4 GiB: link it with /base and /fixed");
        }

        var segments = new List<Segment>();
        foreach (SectionHeader section in headers.SectionHeaders.OrderBy(section => section.VirtualAddress))
        {
            if ((section.SectionCharacteristics & SectionCharacteristics.MemDiscardable) != 0)
            {
                continue;
            }

            int length = Math.Min(section.SizeOfRawData, section.VirtualSize);
            if (section.PointerToRawData < 0 || length < 0 || section.PointerToRawData > pe.Length - length)
            {
                throw new InvalidDataException($"section {section.Name} reaches beyond the file");
            }

            segments.Add(new Segment
            {
                IsFirst = section.Name == FirstSection,
                Address = (uint)image.ImageBase + (uint)section.VirtualAddress,
                MemorySize = (uint)section.VirtualSize,
                Data = pe.AsMemory(section.PointerToRawData, length),
                Flags = Flags(section.SectionCharacteristics),
            });
        }

        if (segments.Count == 0)
        {
            throw new InvalidDataException("the image has no sections");
        }

        entry = (uint)image.ImageBase + (uint)image.AddressOfEntryPoint;
        return segments;
    }

    private static uint Flags(SectionCharacteristics characteristics) =>
        Readable
        | ((characteristics & SectionCharacteristics.MemExecute) != 0 ? Executable : 0)
        | ((characteristics & SectionCharacteristics.MemWrite) != 0 ? Writable : 0);

    private static int AlignUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    private static void Write16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.Slice(offset), value);

    private static void Write32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.Slice(offset), value);

    private sealed class Segment
    {
        public required bool IsFirst { get; init; }

        public required uint Address { get; init; }

        public required uint MemorySize { get; init; }

        public required ReadOnlyMemory<byte> Data { get; init; }

        public required uint Flags { get; init; }

        public int Offset { get; set; }
    }
}
