using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Image;

/// <summary>
/// A 64-bit PE image as it lies in memory (each section at its RVA), which is what HyperCore itself is. It is a view over bytes and uses
/// neither heap nor statics, because the running image is copied and relocated before there is any. PE format, revision 11.
/// </summary>
public readonly ref struct PeImage
{
    private const ushort DosMagic = 0x5A4D;
    private const int PeOffsetField = 0x3C;
    private const uint PeMagic = 0x0000_4550;
    private const int CoffHeaderSize = 24;
    private const ushort Pe32PlusMagic = 0x20B;
    private const int FirstDirectory = 112;
    private const int BaseRelocationDirectory = 5;
    private const int SectionHeaderSize = 40;
    private const int RelocationBlockHeader = 8;
    private const int RelocationAbsolute = 0;
    private const int RelocationDir64 = 10;

    private readonly Span<byte> _image;
    private readonly int _optionalHeader;
    private readonly int _sections;

    private PeImage(Span<byte> image, int optionalHeader, int sections, int sectionCount)
    {
        _image = image;
        _optionalHeader = optionalHeader;
        _sections = sections;
        SectionCount = sectionCount;
    }

    /// <summary>Number of sections.</summary>
    public int SectionCount { get; }

    /// <summary>Bytes the image takes in memory.</summary>
    public uint SizeOfImage => ReadUInt32(_optionalHeader + 56);

    /// <summary>Bytes of headers at the start of the image.</summary>
    public uint SizeOfHeaders => ReadUInt32(_optionalHeader + 60);

    /// <summary>The section at <paramref name="index"/>.</summary>
    public PeSection GetSection(int index)
    {
        ReadOnlySpan<byte> header = _image.Slice(_sections + (index * SectionHeaderSize), SectionHeaderSize);
        return new PeSection(
            BinaryPrimitives.ReadUInt64LittleEndian(header),
            BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(12)),
            BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(8)),
            BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(36)));
    }

    /// <summary>The bytes of the section at <paramref name="index"/>.</summary>
    public ReadOnlySpan<byte> GetContent(int index)
    {
        PeSection section = GetSection(index);
        return _image.Slice((int)section.Offset, (int)section.Length);
    }

    /// <summary>Reads the headers of the image in <paramref name="memory"/>, which starts at the image base and holds all of it.</summary>
    /// <returns>False when it is not a complete 64-bit PE image.</returns>
    public static bool TryParse(Span<byte> memory, out PeImage image)
    {
        image = default;
        if (memory.Length < 64 || BinaryPrimitives.ReadUInt16LittleEndian(memory) != DosMagic)
        {
            return false;
        }

        uint pe = BinaryPrimitives.ReadUInt32LittleEndian(memory.Slice(PeOffsetField));
        if (pe > (uint)memory.Length || (uint)memory.Length - pe < CoffHeaderSize + FirstDirectory
            || BinaryPrimitives.ReadUInt32LittleEndian(memory.Slice((int)pe)) != PeMagic)
        {
            return false;
        }

        int sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(memory.Slice((int)pe + 6));
        int optionalHeaderSize = BinaryPrimitives.ReadUInt16LittleEndian(memory.Slice((int)pe + 20));
        int optionalHeader = (int)pe + CoffHeaderSize;
        long sections = (long)optionalHeader + optionalHeaderSize;
        if (BinaryPrimitives.ReadUInt16LittleEndian(memory.Slice(optionalHeader)) != Pe32PlusMagic
            || optionalHeaderSize < FirstDirectory
            || sections + (sectionCount * (long)SectionHeaderSize) > memory.Length)
        {
            return false;
        }

        var candidate = new PeImage(memory, optionalHeader, (int)sections, sectionCount);
        if (candidate.SizeOfImage > (uint)memory.Length)
        {
            return false;
        }

        for (int i = 0; i < sectionCount; i++)
        {
            PeSection section = candidate.GetSection(i);
            if (section.Offset > candidate.SizeOfImage || section.Length > candidate.SizeOfImage - section.Offset)
            {
                return false;
            }
        }

        image = candidate;
        return true;
    }

    /// <summary>
    /// Adds <paramref name="delta"/> to every address the base relocations name: the image was bound to one base and now lies
    /// <paramref name="delta"/> bytes further up (modulo 2^64). PE format, 6.6 ".reloc".
    /// </summary>
    /// <returns>
    /// False when there are no relocations or one of them is of a kind a 64-bit image does not use or outside the image; the image must then not
    /// be run.
    /// </returns>
    public bool TryRelocate(ulong delta)
    {
        uint directories = ReadUInt32(_optionalHeader + 108);
        int directory = _optionalHeader + FirstDirectory + (BaseRelocationDirectory * 8);
        if (directories <= BaseRelocationDirectory || directory + 8 > _sections)
        {
            return false;
        }

        uint offset = ReadUInt32(directory);
        uint length = ReadUInt32(directory + 4);
        uint size = SizeOfImage;
        if (length == 0 || offset > size || length > size - offset)
        {
            return false;
        }

        Span<byte> blocks = _image.Slice((int)offset, (int)length);
        while (blocks.Length >= RelocationBlockHeader)
        {
            uint page = BinaryPrimitives.ReadUInt32LittleEndian(blocks);
            uint blockLength = BinaryPrimitives.ReadUInt32LittleEndian(blocks.Slice(4));
            if (blockLength < RelocationBlockHeader || blockLength > (uint)blocks.Length
                || !TryRelocatePage(page, blocks.Slice(RelocationBlockHeader, (int)blockLength - RelocationBlockHeader), delta))
            {
                return false;
            }

            blocks = blocks.Slice((int)blockLength);
        }

        return true;
    }

    private bool TryRelocatePage(uint page, ReadOnlySpan<byte> entries, ulong delta)
    {
        for (; entries.Length >= 2; entries = entries.Slice(2))
        {
            int entry = BinaryPrimitives.ReadUInt16LittleEndian(entries);
            int kind = entry >> 12;
            if (kind == RelocationAbsolute)
            {
                continue;
            }

            ulong at = (ulong)page + (uint)(entry & 0xFFF);
            if (kind != RelocationDir64 || at + 8 > SizeOfImage)
            {
                return false;
            }

            Span<byte> address = _image.Slice((int)at, 8);
            BinaryPrimitives.WriteUInt64LittleEndian(address, BinaryPrimitives.ReadUInt64LittleEndian(address) + delta);
        }

        return true;
    }

    private uint ReadUInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_image.Slice(offset));
}
