namespace HyperCore.Core.Emulation;

/// <summary>Up to 15 bytes of instruction, copied out of the guest before anything looks at them; those beyond the length are zero.</summary>
public struct InstructionBytes
{
    /// <summary>The most bytes an instruction can have (AMD APM vol. 3, 1.1).</summary>
    public const int Max = 15;

    /// <summary>The bits of <see cref="High"/> that hold bytes.</summary>
    internal const ulong HighMask = 0x00FF_FFFF_FFFF_FFFF;

    /// <summary>Bytes 0 to 7, the first in the lowest bits.</summary>
    public ulong Low;

    /// <summary>Bytes 8 to 14.</summary>
    public ulong High;

    /// <summary>How many bytes there are.</summary>
    public int Length;

    /// <summary>One byte.</summary>
    public readonly byte this[int index] => (byte)(index < 8 ? Low >> (index * 8) : High >> ((index - 8) * 8));

    /// <summary>Adds a byte behind the last.</summary>
    public void Append(byte value)
    {
        if (Length < 8)
        {
            Low |= (ulong)value << (Length * 8);
        }
        else
        {
            High |= (ulong)value << ((Length - 8) * 8);
        }

        Length++;
    }
}
