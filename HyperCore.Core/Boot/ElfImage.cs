using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Boot;

/// <summary>An ELF executable, 32 or 64 bits, little-endian (System V ABI, chapters 4 and 5).</summary>
internal readonly ref struct ElfImage
{
    public const ushort Machine386 = 3;
    public const ushort MachineX64 = 62;

    private const int HeaderSize32 = 52;
    private const int HeaderSize64 = 64;
    private const int ProgramHeaderSize32 = 32;
    private const int ProgramHeaderSize64 = 56;
    private const uint TypeLoad = 1;

    private readonly ReadOnlySpan<byte> _programHeaders;
    private readonly int _entrySize;

    private ElfImage(ReadOnlySpan<byte> file, bool is64, ushort machine, ulong entry, ReadOnlySpan<byte> programHeaders, int entrySize)
    {
        File = file;
        Is64 = is64;
        Machine = machine;
        Entry = entry;
        _programHeaders = programHeaders;
        _entrySize = entrySize;
    }

    public ReadOnlySpan<byte> File { get; }

    public bool Is64 { get; }

    public ushort Machine { get; }

    public ulong Entry { get; }

    /// <summary>Number of program headers.</summary>
    public int Count => _programHeaders.Length / _entrySize;

    public static bool HasMagic(ReadOnlySpan<byte> file) => file.StartsWith("\u007FELF"u8);

    /// <summary>Reads the header. False when the file is not an executable of a known class, or its program headers are not in the file.</summary>
    public static bool TryParse(ReadOnlySpan<byte> file, out ElfImage image)
    {
        image = default;
        if (file.Length < HeaderSize32 || !HasMagic(file) || file[4] is not (1 or 2) || file[5] != 1)
        {
            return false;
        }

        bool is64 = file[4] == 2;
        if (is64 && file.Length < HeaderSize64)
        {
            return false;
        }

        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(16));
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(18));
        ulong entry = ReadWord(file, 24, is64);
        ulong offset = ReadWord(file, is64 ? 32 : 28, is64);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(is64 ? 54 : 42));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(is64 ? 56 : 44));
        bool isExecutable = type is 2 or 3; // ET_EXEC, ET_DYN
        if (!isExecutable || entrySize < (is64 ? ProgramHeaderSize64 : ProgramHeaderSize32) || offset > (ulong)file.Length)
        {
            return false;
        }

        long length = (long)entrySize * count;
        if (length > file.Length - (long)offset)
        {
            return false;
        }

        image = new ElfImage(file, is64, machine, entry, file.Slice((int)offset, (int)length), entrySize);
        return true;
    }

    /// <summary>Program header number <paramref name="index"/>; false when it is not a PT_LOAD that takes memory.</summary>
    public bool TryGetSegment(int index, out ElfSegment segment)
    {
        ReadOnlySpan<byte> header = _programHeaders.Slice(index * _entrySize, _entrySize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != TypeLoad)
        {
            segment = default;
            return false;
        }

        segment = Is64
            ? new ElfSegment(ReadWord(header, 8, true), ReadWord(header, 32, true), ReadWord(header, 40, true), ReadWord(header, 16, true), ReadWord(header, 24, true))
            : new ElfSegment(ReadWord(header, 4, false), ReadWord(header, 16, false), ReadWord(header, 20, false), ReadWord(header, 8, false), ReadWord(header, 12, false));
        return segment.MemorySize != 0;
    }

    private static ulong ReadWord(ReadOnlySpan<byte> bytes, int offset, bool is64) =>
        is64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.Slice(offset)) : BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(offset));
}
