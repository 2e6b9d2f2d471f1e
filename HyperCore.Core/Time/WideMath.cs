using System;

namespace HyperCore.Core.Time;

/// <summary>Multiplication and division with a 128-bit intermediate result, in integers only.</summary>
public static class WideMath
{
    /// <summary><paramref name="value"/> * <paramref name="multiplier"/> / <paramref name="divisor"/>, rounded down.</summary>
    /// <returns>The quotient; <see cref="ulong.MaxValue"/> when it does not fit or <paramref name="divisor"/> is zero.</returns>
    public static ulong MultiplyDivide(ulong value, ulong multiplier, ulong divisor)
    {
        ulong high = Math.BigMul(value, multiplier, out ulong low);
        return Divide(high, low, divisor);
    }

    /// <summary>The 128-bit number <paramref name="high"/>:<paramref name="low"/> divided by <paramref name="divisor"/>, rounded down.</summary>
    /// <returns>The quotient; <see cref="ulong.MaxValue"/> when it does not fit or <paramref name="divisor"/> is zero.</returns>
    public static ulong Divide(ulong high, ulong low, ulong divisor)
    {
        if (high >= divisor)
        {
            return ulong.MaxValue;
        }

        if (high == 0)
        {
            return low / divisor;
        }

        // Long division, one bit at a time: there is no portable 128-by-64 division, and nothing on a hot path comes here.
        ulong remainder = high;
        ulong quotient = 0;
        for (int bit = 63; bit >= 0; bit--)
        {
            bool carry = remainder >> 63 != 0;
            remainder = (remainder << 1) | ((low >> bit) & 1);
            quotient <<= 1;
            if (carry || remainder >= divisor)
            {
                remainder -= divisor;
                quotient |= 1;
            }
        }

        return quotient;
    }

    /// <summary>The product <paramref name="value"/> * <paramref name="multiplier"/>, shifted right by <paramref name="shift"/> (0 to 127).</summary>
    /// <returns>The result; <see cref="ulong.MaxValue"/> when it does not fit.</returns>
    public static ulong MultiplyShift(ulong value, ulong multiplier, int shift)
    {
        ulong high = Math.BigMul(value, multiplier, out ulong low);
        if (shift >= 64)
        {
            return high >> (shift - 64);
        }

        if (high >> shift != 0)
        {
            return ulong.MaxValue;
        }

        return shift == 0 ? low : (high << (64 - shift)) | (low >> shift);
    }
}
