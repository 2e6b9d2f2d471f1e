using System;
using System.Buffers.Binary;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace HyperCore.Tool.Firmware;

/// <summary>
/// A file of a firmware volume: a section with the content, and one with its name (UEFI Platform Initialization 1.7, volume 3, 2.1 and 3.2). In HyperCore's
/// volumes there are two kinds: HyperCore itself, an application, and what it looks for by its path.
/// </summary>
internal sealed class FirmwareFile
{
    /// <summary>A file begins at a multiple of this in the volume.</summary>
    public const int Alignment = 8;

    private const int HeaderSize = 24;
    private const int LargeHeaderSize = 32;
    private const int SectionHeaderSize = 4;
    private const int LargeSectionHeaderSize = 8;
    private const int SectionAlignment = 4;
    private const int LargestSmall = (1 << 24) - 1;

    // Types of files and sections, attributes, and the state of a file that is whole in a flash of ones (2.1.4.1, 2.1.5.1, 3.2.2.1, 3.2.2.2).
    private const byte FreeformFile = 0x02;
    private const byte ApplicationFile = 0x09;
    private const byte PeSection = 0x10;
    private const byte NameSection = 0x15;
    private const byte RawSection = 0x19;
    private const byte LargeFile = 0x01;
    private const byte NoContentChecksum = 0xAA;
    private const byte IsWhole = 0xF8;

    private readonly Guid _name;
    private readonly byte _type;
    private readonly string _source;
    private readonly byte[] _sectionHeader;
    private readonly byte[] _nameSection;

    private FirmwareFile(Guid name, byte type, byte sectionType, string text, string source, long length)
    {
        _name = name;
        _type = type;
        _source = source;
        ContentLength = length;
        _nameSection = [.. SectionHeader(NameSection, (text.Length + 1) * 2), .. Encoding.Unicode.GetBytes(text + "\0")];
        _sectionHeader = SectionHeader(sectionType, length);
    }

    /// <summary>The name of HyperCore's file, by which a boot entry finds it; and the name space of all others' names.</summary>
    public static Guid HyperCore { get; } = new("a3d8f2b4-6c1e-4f57-8e20-91b75d0c43e6");

    /// <summary>Bytes of what is in it.</summary>
    public long ContentLength { get; }

    /// <summary>More than 16 MiB, for which only volumes of the third format have a place.</summary>
    public bool IsLarge => HeaderSize + SectionsLength > LargestSmall;

    /// <summary>Bytes in the volume.</summary>
    public long Length => (IsLarge ? LargeHeaderSize : HeaderSize) + SectionsLength;

    private int Padding => (int)(-(_sectionHeader.Length + ContentLength) & (SectionAlignment - 1));

    private long SectionsLength => _sectionHeader.Length + ContentLength + Padding + _nameSection.Length;

    /// <summary>HyperCore.efi.</summary>
    public static FirmwareFile Application(string source, long length) => new(HyperCore, ApplicationFile, PeSection, "HyperCore", source, length);

    /// <summary>A file that HyperCore finds by its path.</summary>
    /// <param name="path">Its path on a partition, with / or \.</param>
    /// <param name="source">The file with the content.</param>
    /// <param name="length">Bytes of the content.</param>
    public static FirmwareFile AtPath(string path, string source, long length)
    {
        path = path.Replace('/', '\\');
        return new(NameOf(path), FreeformFile, RawSection, path, source, length);
    }

    /// <summary>The name of the file for a path: always the same, whatever its letters are.</summary>
    public static Guid NameOf(string path)
    {
        // RFC 9562, 5.5: version 5, a name in a name space. SHA-1 is what that says, and guards nothing here.
        byte[] name = Encoding.UTF8.GetBytes(path.Replace('/', '\\').TrimStart('\\').ToLowerInvariant());
#pragma warning disable CA5350
        Span<byte> hash = SHA1.HashData([.. HyperCore.ToByteArray(bigEndian: true), .. name]).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="InvalidDataException">The source has another length than it had.</exception>
    public void WriteTo(Stream output)
    {
        output.Write(Header());
        output.Write(_sectionHeader);
        using (FileStream input = File.OpenRead(_source))
        {
            long start = output.Position;
            input.CopyTo(output);
            if (output.Position - start != ContentLength)
            {
                throw new InvalidDataException($"{_source} has changed while it was read; build again");
            }
        }

        output.Write(new byte[Padding]);
        output.Write(_nameSection);
    }

    private static byte[] SectionHeader(byte type, long content)
    {
        bool isLarge = content + SectionHeaderSize >= LargestSmall; // that size says that there is a longer one
        byte[] header = new byte[isLarge ? LargeSectionHeaderSize : SectionHeaderSize];
        WriteSize(header, isLarge ? LargestSmall : content + SectionHeaderSize);
        header[3] = type;
        if (isLarge)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), checked((uint)(content + LargeSectionHeaderSize)));
        }

        return header;
    }

    private static void WriteSize(Span<byte> place, long size)
    {
        for (int i = 0; i < 3; i++)
        {
            place[i] = (byte)(size >> (8 * i));
        }
    }

    // The sum of the header is 0 without the state and the content's checksum (3.2.2.1).
    private byte[] Header()
    {
        byte[] header = new byte[IsLarge ? LargeHeaderSize : HeaderSize];
        _name.TryWriteBytes(header);
        header[18] = _type;
        if (IsLarge)
        {
            header[19] = LargeFile;
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Length);
        }
        else
        {
            WriteSize(header.AsSpan(20), Length);
        }

        byte sum = 0;
        foreach (byte value in header)
        {
            sum += value;
        }

        header[16] = (byte)-sum;
        header[17] = NoContentChecksum;
        header[23] = IsWhole;
        return header;
    }
}
