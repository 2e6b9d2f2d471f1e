using System.Numerics;

namespace HyperCore.Core.Emulation;

/// <summary>
/// The integer operations with their flags (AMD APM vol. 3, chapter 3). Operands come zero-extended; results have garbage above the operand
/// size, which the write drops.
/// </summary>
internal static class Arithmetic
{
    /// <summary>ADD and ADC.</summary>
    public static ulong Add(ulong left, ulong right, bool carry, int size, ref ulong flags)
    {
        ulong mask = Operand.Mask(size);
        left &= mask;
        right &= mask;
        ulong result = left + right + (carry ? 1ul : 0);
        ulong carries = (left & right) | ((left | right) & ~result);
        SetFlags(result, carries, (left ^ result) & (right ^ result), left ^ right ^ result, size, ref flags);
        return result;
    }

    /// <summary>SUB, SBB, CMP.</summary>
    public static ulong Subtract(ulong left, ulong right, bool borrow, int size, ref ulong flags)
    {
        ulong mask = Operand.Mask(size);
        left &= mask;
        right &= mask;
        ulong result = left - right - (borrow ? 1ul : 0);
        ulong borrows = (~left & right) | ((~left | right) & result);
        SetFlags(result, borrows, (left ^ right) & (left ^ result), left ^ right ^ result, size, ref flags);
        return result;
    }

    /// <summary>The flags of AND, OR, XOR, TEST: CF and OF clear. AF is undefined; processors clear it.</summary>
    public static ulong Logic(ulong result, int size, ref ulong flags)
    {
        SetFlags(result, 0, 0, 0, size, ref flags);
        return result;
    }

    /// <summary>INC: ADD 1, but CF stays.</summary>
    public static ulong Increment(ulong value, int size, ref ulong flags)
    {
        ulong carry = flags & ControlBits.FlagCarry;
        ulong result = Add(value, 1, carry: false, size, ref flags);
        flags = (flags & ~ControlBits.FlagCarry) | carry;
        return result;
    }

    /// <summary>DEC: SUB 1, but CF stays.</summary>
    public static ulong Decrement(ulong value, int size, ref ulong flags)
    {
        ulong carry = flags & ControlBits.FlagCarry;
        ulong result = Subtract(value, 1, borrow: false, size, ref flags);
        flags = (flags & ~ControlBits.FlagCarry) | carry;
        return result;
    }

    private static void SetFlags(ulong result, ulong carries, ulong overflows, ulong auxiliary, int size, ref ulong flags)
    {
        int signShift = (size * 8) - 1;
        ulong set = (carries >> signShift) & ControlBits.FlagCarry;
        set |= ((overflows >> signShift) & 1) * ControlBits.FlagOverflow;
        set |= ((result >> signShift) & 1) * ControlBits.FlagSign;
        set |= auxiliary & ControlBits.FlagAuxiliary;
        if ((result & Operand.Mask(size)) == 0)
        {
            set |= ControlBits.FlagZero;
        }

        if ((BitOperations.PopCount((uint)(byte)result) & 1) == 0)
        {
            set |= ControlBits.FlagParity;
        }

        flags = (flags & ~ControlBits.FlagsArithmetic) | set;
    }
}
