using System;
using CsCheck;
using HyperCore.Core.Time;
using Xunit;

namespace HyperCore.Tests.Time;

public sealed class WideMathTests
{
    [Fact]
    public void Divide_EqualsUInt128()
        => Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((high, low, divisor) => Assert.Equal(Expected(new UInt128(high, low), divisor), WideMath.Divide(high, low, divisor)));

    [Fact]
    public void MultiplyDivide_EqualsUInt128()
        => Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((value, multiplier, divisor) => Assert.Equal(Expected((UInt128)value * multiplier, divisor), WideMath.MultiplyDivide(value, multiplier, divisor)));

    [Fact]
    public void MultiplyShift_EqualsUInt128()
        => Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 127]).Sample((value, multiplier, shift) =>
        {
            UInt128 exact = ((UInt128)value * multiplier) >> shift;
            Assert.Equal(exact > ulong.MaxValue ? ulong.MaxValue : (ulong)exact, WideMath.MultiplyShift(value, multiplier, shift));
        });

    [Fact]
    public void Divide_ByZero_Saturates() => Assert.Equal(ulong.MaxValue, WideMath.MultiplyDivide(1, 1, 0));

    private static ulong Expected(UInt128 value, ulong divisor)
    {
        if (divisor == 0)
        {
            return ulong.MaxValue;
        }

        UInt128 quotient = value / divisor;
        return quotient > ulong.MaxValue ? ulong.MaxValue : (ulong)quotient;
    }
}
