using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Firmware;

/// <summary>
/// Device paths: nodes of a type, a subtype, a length of two bytes that counts the header, and data; the last one says that it is the end (UEFI
/// 2.10, 10.3.1).
/// </summary>
public static class DevicePath
{
    /// <summary>The most bytes of a path that HyperCore deals with.</summary>
    public const int MaxLength = 1024;

    private const int HeaderLength = 4;

    // UEFI 2.10, 10.3.1 and 10.3.5.
    private const byte EndType = 0x7F;
    private const byte EndOfAll = 0xFF;
    private const byte MediaType = 4;
    private const byte HardDrive = 1;
    private const byte FilePath = 4;

    // UEFI 2.10, 10.3.5.1: number, start, size, signature, format of the table, kind of signature.
    private const int HardDriveLength = 42;
    private const int NumberOffset = 4;
    private const int StartOffset = 8;
    private const int SizeOffset = 16;
    private const int SignatureOffset = 24;
    private const int SignatureLength = 16;
    private const int FormatOffset = 40;
    private const int SignatureKindOffset = 41;
    private const byte GptFormat = 2;
    private const byte GuidSignature = 2;

    /// <summary>Measures a path.</summary>
    /// <param name="path">The path, and whatever follows it.</param>
    /// <param name="length">Its bytes, those of the end node included.</param>
    /// <returns>False when a node is shorter than its header, or the end does not come.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> path, out int length)
    {
        length = 0;
        while (TryNode(path, length, out int node))
        {
            bool isEnd = path[length] == EndType && path[length + 1] == EndOfAll;
            length += node;
            if (isEnd)
            {
                return true;
            }
        }

        length = 0;
        return false;
    }

    /// <summary>
    /// The part of a path that is enough to boot from a disk: from the node on that names the partition by its GUID or signature, wherever the disk is
    /// plugged in (UEFI 2.10, 3.1.2). The whole path when there is no such node.
    /// </summary>
    /// <param name="path">A path that was measured.</param>
    public static ReadOnlySpan<byte> ShortForm(ReadOnlySpan<byte> path)
    {
        for (int at = 0; TryNode(path, at, out int node); at += node)
        {
            if (path[at] == MediaType && path[at + 1] == HardDrive)
            {
                return path.Slice(at);
            }
        }

        return path;
    }

    /// <summary>Makes the path of a partition of a GPT, wherever its disk is plugged in.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="start">Its first block.</param>
    /// <param name="blocks">How many it has.</param>
    /// <param name="id">Its GUID, 16 bytes as the GPT has them.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <returns>Bytes of it; 0 when the buffer is too small.</returns>
    public static int BuildPartition(int number, ulong start, ulong blocks, ReadOnlySpan<byte> id, Span<byte> buffer)
    {
        if (buffer.Length < HardDriveLength + HeaderLength)
        {
            return 0;
        }

        WriteHeader(buffer, MediaType, HardDrive, HardDriveLength);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.Slice(NumberOffset), (uint)number);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.Slice(StartOffset), start);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.Slice(SizeOffset), blocks);
        id.Slice(0, SignatureLength).CopyTo(buffer.Slice(SignatureOffset));
        buffer[FormatOffset] = GptFormat;
        buffer[SignatureKindOffset] = GuidSignature;
        WriteHeader(buffer.Slice(HardDriveLength), EndType, EndOfAll, HeaderLength);
        return HardDriveLength + HeaderLength;
    }

    /// <summary>Makes the path of a file: the device's, a node with the file's path, and the end.</summary>
    /// <param name="device">The path of the device.</param>
    /// <param name="file">The file's path from the root, with backslashes.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <returns>Bytes of it; 0 when the device's path is broken or the buffer too small.</returns>
    public static int Build(ReadOnlySpan<byte> device, ReadOnlySpan<char> file, Span<byte> buffer)
    {
        int node = HeaderLength + ((file.Length + 1) * sizeof(char));
        if (!TryMeasure(device, out int length))
        {
            return 0;
        }

        int before = length - HeaderLength;
        int total = before + node + HeaderLength;
        if (total > buffer.Length || node > ushort.MaxValue)
        {
            return 0;
        }

        device.Slice(0, before).CopyTo(buffer);
        WriteHeader(buffer.Slice(before), MediaType, FilePath, node);
        for (int i = 0; i < file.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.Slice(before + HeaderLength + (i * sizeof(char))), file[i]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(buffer.Slice(before + node - sizeof(char)), 0);
        WriteHeader(buffer.Slice(before + node), EndType, EndOfAll, HeaderLength);
        return total;
    }

    /// <summary>Joins two paths: the nodes of the first, and all of the second.</summary>
    /// <returns>Bytes of it; 0 when one is broken or the buffer too small.</returns>
    public static int Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> buffer)
    {
        if (!TryMeasure(first, out int length) || !TryMeasure(second, out int rest) || length - HeaderLength + rest > buffer.Length)
        {
            return 0;
        }

        first.Slice(0, length - HeaderLength).CopyTo(buffer);
        second.Slice(0, rest).CopyTo(buffer.Slice(length - HeaderLength));
        return length - HeaderLength + rest;
    }

    /// <summary>
    /// Two paths name the same file: they are equal, or both name a file on the GPT partition with the same GUID. How the path gets to the disk, and
    /// where the partition was when it was made, do not matter to the firmware (UEFI 2.10, 3.1.2), nor do capitals to FAT.
    /// </summary>
    /// <param name="one">A path that was measured.</param>
    /// <param name="other">Another.</param>
    public static bool IsSameFile(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
        {
            return true;
        }

        one = ShortForm(one);
        other = ShortForm(other);
        if (!IsOnGpt(one) || !IsOnGpt(other) || !one.Slice(SignatureOffset, SignatureLength).SequenceEqual(other.Slice(SignatureOffset, SignatureLength)))
        {
            return false;
        }

        Span<char> buffer = stackalloc char[MaxLength];
        int length = ReadFile(one.Slice(HardDriveLength), buffer.Slice(0, MaxLength / 2));
        return length > 0 && length == ReadFile(other.Slice(HardDriveLength), buffer.Slice(MaxLength / 2))
            && buffer.Slice(0, length).SequenceEqual(buffer.Slice(MaxLength / 2, length));
    }

    private static bool IsOnGpt(ReadOnlySpan<byte> path) => TryNode(path, 0, out int node) && node == HardDriveLength
        && path[0] == MediaType && path[1] == HardDrive && path[FormatOffset] == GptFormat && path[SignatureKindOffset] == GuidSignature;

    // The characters of all nodes, in small letters, with one backslash between them, whether the nodes have it or not (UEFI 2.10, 10.3.5.4). 0 when
    // something else comes before the end, or there are too many.
    private static int ReadFile(ReadOnlySpan<byte> path, Span<char> file)
    {
        int length = 0;
        int at = 0;
        for (; TryNode(path, at, out int node) && path[at] == MediaType && path[at + 1] == FilePath; at += node)
        {
            Append('\\', file, ref length);
            ReadOnlySpan<byte> name = path.Slice(at + HeaderLength, node - HeaderLength);
            for (int i = 0; i + 1 < name.Length; i += sizeof(char))
            {
                char character = (char)BinaryPrimitives.ReadUInt16LittleEndian(name.Slice(i));
                if (character == 0)
                {
                    break;
                }

                Append(character, file, ref length);
            }
        }

        return length < file.Length && TryNode(path, at, out _) && path[at] == EndType && path[at + 1] == EndOfAll ? length : 0;
    }

    private static void Append(char character, Span<char> file, ref int length)
    {
        character = character == '/' ? '\\' : character is >= 'A' and <= 'Z' ? (char)(character | 0x20) : character;
        if (length < file.Length && (character != '\\' || length == 0 || file[length - 1] != '\\'))
        {
            file[length++] = character;
        }
    }

    private static bool TryNode(ReadOnlySpan<byte> path, int at, out int length)
    {
        length = 0;
        if (path.Length - at < HeaderLength)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16LittleEndian(path.Slice(at + 2));
        return length >= HeaderLength && length <= path.Length - at;
    }

    private static void WriteHeader(Span<byte> node, byte type, byte subtype, int length)
    {
        node[0] = type;
        node[1] = subtype;
        BinaryPrimitives.WriteUInt16LittleEndian(node.Slice(2), (ushort)length);
    }
}
