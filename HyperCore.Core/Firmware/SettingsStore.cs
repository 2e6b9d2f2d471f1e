using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Firmware;

/// <summary>
/// A few KiB that outlast power-off, in variables of HyperCore's own: pieces of 1 KiB, because firmware limits the size of a variable, without the
/// zeros at their ends, and a checksum over all of them. A variable is written whole or not at all (UEFI 2.10, 8.2.2); a save that was cut off between two
/// of them shows in the checksum, which is written last.
/// </summary>
public sealed class SettingsStore
{
    /// <summary>Bytes of the whole.</summary>
    public const int Size = PieceSize * PieceCount;

    /// <summary>Bytes of a piece.</summary>
    public const int PieceSize = 1024;

    /// <summary>Number of pieces.</summary>
    public const int PieceCount = 8;

    private const string PieceName = "Settings";
    private const string SumName = "SettingsSum";

    // The sum: format, CRC-32 of all pieces.
    private const int SumSize = 8;
    private const uint Format = 1;

    private readonly FirmwareVariables _variables;
    private readonly byte[] _saved = new byte[Size];

    // What a write that failed has left is not known: the next save writes again.
    private readonly bool[] _isKnown = new bool[PieceCount];
    private bool _isSumKnown;
    private uint _sum;

    /// <summary>Prepares; the firmware is not asked yet.</summary>
    public SettingsStore(FirmwareVariables variables) => _variables = variables;

    /// <summary>Why nothing can be kept; null when it can, as far as is known.</summary>
    public string? WhyNot => _variables.WhyNot;

    /// <summary>Reads what was saved.</summary>
    /// <param name="contents">Gets it, <see cref="Size"/> bytes; zeros where nothing was saved.</param>
    /// <param name="isTorn">A save was cut off: old and new pieces may be mixed.</param>
    /// <returns>Not <see cref="VariableResult.Done"/> when the firmware failed; the contents are zeros then.</returns>
    public VariableResult Load(Span<byte> contents, out bool isTorn)
    {
        isTorn = false;
        contents.Slice(0, Size).Clear();
        _saved.AsSpan().Clear();
        _isKnown.AsSpan().Clear();
        _isSumKnown = false;
        for (int i = 0; i < PieceCount; i++)
        {
            VariableResult result = LoadPiece(i, ref isTorn);
            if (result != VariableResult.Done)
            {
                return result;
            }
        }

        _saved.AsSpan().CopyTo(contents);
        return LoadSum(ref isTorn);
    }

    /// <summary>Saving these contents would write nothing.</summary>
    /// <param name="contents">All of it, <see cref="Size"/> bytes.</param>
    public bool IsSaved(ReadOnlySpan<byte> contents)
    {
        bool isKnown = _isSumKnown && _sum == SumOf(_saved);
        for (int i = 0; i < PieceCount; i++)
        {
            isKnown &= _isKnown[i];
        }

        return isKnown && contents.Slice(0, Size).SequenceEqual(_saved);
    }

    /// <summary>Saves. Only what has changed is written.</summary>
    /// <param name="contents">All of it, <see cref="Size"/> bytes.</param>
    /// <param name="written">Number of pieces that were written.</param>
    /// <returns>Not <see cref="VariableResult.Done"/> when the firmware failed: some pieces may have been saved, and the next save writes the others.</returns>
    public VariableResult Save(ReadOnlySpan<byte> contents, out int written)
    {
        written = 0;
        Span<char> name = stackalloc char[PieceName.Length + 1];
        for (int i = 0; i < PieceCount; i++)
        {
            ReadOnlySpan<byte> piece = contents.Slice(i * PieceSize, PieceSize);
            Span<byte> saved = _saved.AsSpan(i * PieceSize, PieceSize);
            if (_isKnown[i] && piece.SequenceEqual(saved))
            {
                continue;
            }

            _isKnown[i] = false;
            VariableResult result = Write(NameOf(name, i), piece.Slice(0, LengthWithoutZeros(piece)));
            if (result != VariableResult.Done)
            {
                return result;
            }

            piece.CopyTo(saved);
            _isKnown[i] = true;
            written++;
        }

        return SaveSum(contents.Slice(0, Size));
    }

    private VariableResult LoadPiece(int index, ref bool isTorn)
    {
        ReadOnlySpan<char> name = NameOf(stackalloc char[PieceName.Length + 1], index);
        VariableResult result = _variables.Read(VariableOwner.HyperCore, name, _saved.AsSpan(index * PieceSize, PieceSize), out _);
        _isKnown[index] = result is VariableResult.Done or VariableResult.NotFound;

        // HyperCore writes none that is larger.
        isTorn |= result == VariableResult.TooLarge;
        return result is VariableResult.NotFound or VariableResult.TooLarge ? VariableResult.Done : result;
    }

    private VariableResult LoadSum(ref bool isTorn)
    {
        Span<byte> sum = stackalloc byte[SumSize];
        VariableResult result = _variables.Read(VariableOwner.HyperCore, SumName, sum, out int length);
        if (result is not (VariableResult.Done or VariableResult.NotFound or VariableResult.TooLarge))
        {
            return result;
        }

        _isSumKnown = result == VariableResult.NotFound
            || (result == VariableResult.Done && length == SumSize && BinaryPrimitives.ReadUInt32LittleEndian(sum) == Format);
        _sum = result == VariableResult.NotFound ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(sum.Slice(sizeof(uint)));
        isTorn |= !_isSumKnown || _sum != SumOf(_saved);
        return VariableResult.Done;
    }

    private VariableResult SaveSum(ReadOnlySpan<byte> contents)
    {
        uint wanted = SumOf(contents);
        if (_isSumKnown && _sum == wanted)
        {
            return VariableResult.Done;
        }

        Span<byte> sum = stackalloc byte[SumSize];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Format);
        BinaryPrimitives.WriteUInt32LittleEndian(sum.Slice(sizeof(uint)), wanted);
        _isSumKnown = false;
        VariableResult result = Write(SumName, wanted == 0 ? default : sum);
        if (result == VariableResult.Done)
        {
            _isSumKnown = true;
            _sum = wanted;
        }

        return result;
    }

    private VariableResult Write(ReadOnlySpan<char> name, ReadOnlySpan<byte> data)
    {
        VariableResult result = _variables.Write(VariableOwner.HyperCore, name, data);
        return result == VariableResult.NotFound && data.Length == 0 ? VariableResult.Done : result;
    }

    private static ReadOnlySpan<char> NameOf(Span<char> buffer, int piece)
    {
        PieceName.AsSpan().CopyTo(buffer);
        buffer[PieceName.Length] = (char)('0' + piece);
        return buffer;
    }

    private static int LengthWithoutZeros(ReadOnlySpan<byte> piece)
    {
        int length = piece.Length;
        while (length > 0 && piece[length - 1] == 0)
        {
            length--;
        }

        return length;
    }

    // 0 says that there is nothing, and no variable is needed to say it; CRC-32 of anything else may be 0 as well, which is made 1 then.
    private static uint SumOf(ReadOnlySpan<byte> contents)
    {
        if (LengthWithoutZeros(contents) == 0)
        {
            return 0;
        }

        uint crc = uint.MaxValue;
        for (int i = 0; i < contents.Length; i++)
        {
            crc ^= contents[i];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB8_8320u : 0);
            }
        }

        return ~crc == 0 ? 1 : ~crc;
    }
}
