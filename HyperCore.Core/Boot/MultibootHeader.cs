using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Boot;

/// <summary>The Multiboot header of a kernel file (Multiboot Specification 0.6.96, 3.1).</summary>
internal readonly ref struct MultibootHeader
{
    /// <summary>Flag: modules have to start on a page.</summary>
    public const uint AlignModules = 1;

    /// <summary>Flag: the kernel wants memory information.</summary>
    public const uint MemoryInformation = 1 << 1;

    /// <summary>Flag: the kernel wants to know its video mode.</summary>
    public const uint VideoMode = 1 << 2;

    /// <summary>Flag: the address fields are valid.</summary>
    public const uint AddressFields = 1 << 16;

    /// <summary>Flags that a loader has to understand, or refuse the kernel.</summary>
    public const uint Mandatory = 0xFFFF;

    private const uint Magic = 0x1BAD_B002;
    private const int SearchLength = 8192;
    private const int MinSize = 12;
    private const int SizeWithAddresses = 32;

    private readonly ReadOnlySpan<byte> _bytes;

    private MultibootHeader(ReadOnlySpan<byte> bytes, int offset)
    {
        _bytes = bytes;
        Offset = offset;
    }

    /// <summary>Where the header lies in the file.</summary>
    public int Offset { get; }

    public uint Flags => Field(4);

    /// <summary>The address fields are valid and in the file.</summary>
    public bool HasAddresses => (Flags & AddressFields) != 0 && _bytes.Length >= SizeWithAddresses;

    public uint HeaderAddress => Field(12);

    public uint LoadAddress => Field(16);

    /// <summary>0: to the end of the file.</summary>
    public uint LoadEndAddress => Field(20);

    /// <summary>0: nothing follows what is in the file.</summary>
    public uint BssEndAddress => Field(24);

    public uint EntryAddress => Field(28);

    /// <summary>Looks for the header: on a 4-byte boundary in the first 8192 bytes.</summary>
    public static bool TryFind(ReadOnlySpan<byte> file, out MultibootHeader header)
    {
        ReadOnlySpan<byte> area = file.Slice(0, Math.Min(file.Length, SearchLength));
        for (int at = 0; at + MinSize <= area.Length; at += 4)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(area.Slice(at)) != Magic)
            {
                continue;
            }

            header = new MultibootHeader(area.Slice(at), at);
            if (unchecked(Magic + header.Flags + header.Field(8)) == 0)
            {
                return true;
            }
        }

        header = default;
        return false;
    }

    private uint Field(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Slice(offset));
}
