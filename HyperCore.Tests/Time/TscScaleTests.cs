using System;
using CsCheck;
using HyperCore.Core.Time;
using Xunit;

namespace HyperCore.Tests.Time;

public sealed class TscScaleTests
{
    private static readonly Gen<ulong> s_frequencies = Gen.OneOf(Gen.ULong[TscScale.MinFrequency, TscScale.MaxFrequency], Gen.ULong[1_000_000, 6_000_000_000], Gen.Const(1_000_000_000ul), Gen.Const(3_579_545ul));

    [Fact]
    public void ToNanoseconds_OneGigahertz_IsIdentity()
    {
        var scale = new TscScale(1_000_000_000);

        Assert.Equal(0ul, scale.ToNanoseconds(0));
        Assert.Equal(1ul, scale.ToNanoseconds(1));
        Assert.Equal(123_456_789_012ul, scale.ToNanoseconds(123_456_789_012));
        Assert.Equal(123_456_789_012ul, scale.ToTicks(123_456_789_012));
    }

    [Theory]
    [InlineData(999ul)]
    [InlineData(0ul)]
    [InlineData(100_000_000_001ul)]
    public void Constructor_FrequencyOutOfRange_Throws(ulong frequency)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new TscScale(frequency));

    [Fact]
    public void ToNanoseconds_AnyFrequency_IsWithinOneOfExact()
        => Gen.Select(s_frequencies, Gen.ULong[0, 1ul << 62]).Sample((frequency, ticks) =>
        {
            UInt128 exact = (UInt128)ticks * 1_000_000_000 / frequency;
            ulong scaled = new TscScale(frequency).ToNanoseconds(ticks);
            AssertClose(exact, scaled);
        });

    [Fact]
    public void ToTicks_AnyFrequency_IsWithinOneOfExact()
        => Gen.Select(s_frequencies, Gen.ULong[0, 1ul << 62]).Sample((frequency, nanoseconds) =>
        {
            UInt128 exact = (UInt128)nanoseconds * frequency / 1_000_000_000;
            ulong scaled = new TscScale(frequency).ToTicks(nanoseconds);
            AssertClose(exact, scaled);
        });

    [Fact]
    public void ToTicksRoundUp_NeverEarlyAndHardlyLate()
        => Gen.Select(s_frequencies, Gen.ULong[0, 1ul << 55]).Sample((frequency, nanoseconds) =>
        {
            var scale = new TscScale(frequency);
            ulong ticks = scale.ToTicksRoundUp(nanoseconds);
            if (ticks != ulong.MaxValue)
            {
                Assert.True(scale.ToNanoseconds(ticks) >= nanoseconds);
                Assert.True(ticks == 0 || ticks <= scale.ToTicks(nanoseconds) + 1 || scale.ToNanoseconds(ticks - 1) < nanoseconds);
            }
        });

    [Fact]
    public void ToNanoseconds_IsMonotonic()
        => Gen.Select(s_frequencies, Gen.ULong, Gen.ULong).Sample((frequency, a, b) =>
        {
            var scale = new TscScale(frequency);
            Assert.True(scale.ToNanoseconds(Math.Min(a, b)) <= scale.ToNanoseconds(Math.Max(a, b)));
        });

    private static void AssertClose(UInt128 exact, ulong scaled)
    {
        if (exact > ulong.MaxValue)
        {
            // At the very edge the truncated factor may just still fit.
            Assert.True(scaled >= ulong.MaxValue - 2);
        }
        else
        {
            Assert.InRange(scaled, exact < 2 ? 0 : (ulong)exact - 2, (ulong)exact);
        }
    }
}
