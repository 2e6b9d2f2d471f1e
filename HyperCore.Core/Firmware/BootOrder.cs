using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Firmware;

/// <summary>The contents of BootOrder: numbers of boot entries, two bytes each, first what is tried first (UEFI 2.10, 3.3).</summary>
public sealed class BootOrder
{
    /// <summary>The most numbers; more than any firmware's boot menu shows.</summary>
    public const int MaxCount = 512;

    /// <summary>The variable's name.</summary>
    public const string Name = "BootOrder";

    private readonly byte[] _bytes = new byte[MaxCount * sizeof(ushort)];

    /// <summary>How many numbers there are.</summary>
    public int Count { get; private set; }

    /// <summary>As the variable has them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count * sizeof(ushort));

    /// <summary>The number at a place, from 0.</summary>
    public int this[int place] => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(place * sizeof(ushort)));

    /// <summary>Reads the variable. There are no numbers when it is not there or cannot be read.</summary>
    /// <returns><see cref="VariableResult.Done"/> also when it is not there.</returns>
    public VariableResult Read(FirmwareVariables variables)
    {
        VariableResult result = variables.Read(VariableOwner.Global, Name, _bytes, out int length);
        Count = result == VariableResult.Done ? length / sizeof(ushort) : 0;
        return result == VariableResult.NotFound ? VariableResult.Done : result;
    }

    /// <summary>Takes the numbers of another one.</summary>
    public void Set(BootOrder other)
    {
        other.Bytes.CopyTo(_bytes);
        Count = other.Count;
    }

    /// <summary>Both have the same numbers in the same order.</summary>
    public bool IsSame(BootOrder other) => Bytes.SequenceEqual(other.Bytes);

    /// <summary>The first place of a number; -1 when it has none.</summary>
    public int PlaceOf(int number)
    {
        for (int i = 0; i < Count; i++)
        {
            if (this[i] == number)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts a number at a place; those from there on move up.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryInsert(int place, int number)
    {
        if (Count == MaxCount)
        {
            return false;
        }

        int at = place * sizeof(ushort);
        _bytes.AsSpan(at, (Count * sizeof(ushort)) - at).CopyTo(_bytes.AsSpan(at + sizeof(ushort)));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), (ushort)number);
        Count++;
        return true;
    }

    /// <summary>Takes a number from every place that it has.</summary>
    public void Remove(int number)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int other = this[i];
            if (other != number)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(kept++ * sizeof(ushort)), (ushort)other);
            }
        }

        Count = kept;
    }
}
