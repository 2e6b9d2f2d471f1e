namespace System;

public static class Math
{
    public static sbyte Min(sbyte left, sbyte right) => left < right ? left : right;

    public static sbyte Max(sbyte left, sbyte right) => left > right ? left : right;

    public static sbyte Clamp(sbyte value, sbyte min, sbyte max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static byte Min(byte left, byte right) => left < right ? left : right;

    public static byte Max(byte left, byte right) => left > right ? left : right;

    public static byte Clamp(byte value, byte min, byte max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static short Min(short left, short right) => left < right ? left : right;

    public static short Max(short left, short right) => left > right ? left : right;

    public static short Clamp(short value, short min, short max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static ushort Min(ushort left, ushort right) => left < right ? left : right;

    public static ushort Max(ushort left, ushort right) => left > right ? left : right;

    public static ushort Clamp(ushort value, ushort min, ushort max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static int Min(int left, int right) => left < right ? left : right;

    public static int Max(int left, int right) => left > right ? left : right;

    public static int Clamp(int value, int min, int max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static uint Min(uint left, uint right) => left < right ? left : right;

    public static uint Max(uint left, uint right) => left > right ? left : right;

    public static uint Clamp(uint value, uint min, uint max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static long Min(long left, long right) => left < right ? left : right;

    public static long Max(long left, long right) => left > right ? left : right;

    public static long Clamp(long value, long min, long max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static ulong Min(ulong left, ulong right) => left < right ? left : right;

    public static ulong Max(ulong left, ulong right) => left > right ? left : right;

    public static ulong Clamp(ulong value, ulong min, ulong max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static nint Min(nint left, nint right) => left < right ? left : right;

    public static nint Max(nint left, nint right) => left > right ? left : right;

    public static nint Clamp(nint value, nint min, nint max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static nuint Min(nuint left, nuint right) => left < right ? left : right;

    public static nuint Max(nuint left, nuint right) => left > right ? left : right;

    public static nuint Clamp(nuint value, nuint min, nuint max)
    {
        if (min > max)
        {
            ThrowMinMax();
        }

        return value < min ? min : (value > max ? max : value);
    }

    public static sbyte Abs(sbyte value) => value < 0 ? checked((sbyte)(-value)) : value;

    public static int Sign(sbyte value) => value < 0 ? -1 : (value > 0 ? 1 : 0);

    public static short Abs(short value) => value < 0 ? checked((short)(-value)) : value;

    public static int Sign(short value) => value < 0 ? -1 : (value > 0 ? 1 : 0);

    public static int Abs(int value) => value < 0 ? checked(-value) : value;

    public static int Sign(int value) => value < 0 ? -1 : (value > 0 ? 1 : 0);

    public static long Abs(long value) => value < 0 ? checked(-value) : value;

    public static int Sign(long value) => value < 0 ? -1 : (value > 0 ? 1 : 0);

    public static nint Abs(nint value) => value < 0 ? checked(-value) : value;

    public static int Sign(nint value) => value < 0 ? -1 : (value > 0 ? 1 : 0);

    public static ulong BigMul(uint left, uint right) => (ulong)left * right;

    /// <summary>The 128-bit product: returns the high half.</summary>
    public static ulong BigMul(ulong left, ulong right, out ulong low)
    {
        ulong leftLow = (uint)left;
        ulong leftHigh = left >> 32;
        ulong rightLow = (uint)right;
        ulong rightHigh = right >> 32;
        ulong lowLow = leftLow * rightLow;
        ulong middle = (leftHigh * rightLow) + (lowLow >> 32);
        ulong middleLow = (leftLow * rightHigh) + (uint)middle;
        low = (middleLow << 32) | (uint)lowLow;
        return (leftHigh * rightHigh) + (middle >> 32) + (middleLow >> 32);
    }

    public static long BigMul(int left, int right) => (long)left * right;

    public static int DivRem(int left, int right, out int result)
    {
        int quotient = left / right;
        result = left - (quotient * right);
        return quotient;
    }

    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right)
    {
        uint quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right)
    {
        ulong quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    // The compiler names these for every checked conversion, before it knows that none of ours converts from floating point.
    private static int ConvertToInt32Checked(double value)
    {
        if (value is not (> -2147483649.0 and < 2147483648.0))
        {
            ThrowOverflow();
        }

        return (int)value;
    }

    private static uint ConvertToUInt32Checked(double value)
    {
        if (value is not (> -1.0 and < 4294967296.0))
        {
            ThrowOverflow();
        }

        return (uint)(long)value;
    }

    private static long ConvertToInt64Checked(double value)
    {
        if (value is not (>= -9223372036854775808.0 and < 9223372036854775808.0))
        {
            ThrowOverflow();
        }

        return (long)value;
    }

    private static ulong ConvertToUInt64Checked(double value)
    {
        if (value is not (> -1.0 and < 18446744073709551616.0))
        {
            ThrowOverflow();
        }

        return value < 9223372036854775808.0 ? (ulong)(long)value : (ulong)(long)(value - 9223372036854775808.0) + (1ul << 63);
    }

    private static void ThrowOverflow() => throw new OverflowException("Arithmetic operation resulted in an overflow.");

    private static void ThrowMinMax() => ThrowHelper.ThrowArgument("The minimum is greater than the maximum.");
}
