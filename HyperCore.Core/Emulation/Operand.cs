namespace HyperCore.Core.Emulation;

/// <summary>
/// One operand of an instruction, resolved: a memory operand has passed segmentation and paging, so that reading and writing it
/// cannot fault any more.
/// </summary>
internal struct Operand
{
    /// <summary>What it is.</summary>
    public OperandKind Kind;

    /// <summary>Size in bytes: 1, 2, 4 or 8; up to 16 for memory that is read in parts.</summary>
    public int Size;

    /// <summary>Register: its number as instructions encode it.</summary>
    public int Number;

    /// <summary>Immediate, branch target, or a segment register's selector.</summary>
    public ulong Value;

    /// <summary>Memory: the guest-physical address.</summary>
    public ulong First;

    /// <summary>Memory: how many of the bytes are at <see cref="First"/>; the rest is at <see cref="Second"/>.</summary>
    public int FirstLength;

    /// <summary>Memory: the guest-physical address of the second page's part.</summary>
    public ulong Second;

    /// <summary>All bits of an operand of <paramref name="size"/> bytes.</summary>
    public static ulong Mask(int size) => ulong.MaxValue >> (64 - (size * 8));

    /// <summary>The sign bit of an operand of <paramref name="size"/> bytes.</summary>
    public static ulong SignBit(int size) => 1ul << ((size * 8) - 1);

    /// <summary>The lowest <paramref name="size"/> bytes, sign-extended.</summary>
    public static long SignExtend(ulong value, int size) => (long)(value << (64 - (size * 8))) >> (64 - (size * 8));
}
