using System;
using CsCheck;
using HyperCore.Core.Time;
using Xunit;

namespace HyperCore.Tests.Time;

public sealed class TscOffsetEstimateTests
{
    [Fact]
    public void Add_QuickestAnswer_Counts()
    {
        TscOffsetEstimate estimate = default;
        estimate.Add(1000, 5000, 3000);
        estimate.Add(4000, 7050, 4100);
        estimate.Add(5000, 9000, 9000);

        Assert.Equal(3, estimate.Rounds);
        Assert.Equal(100ul, estimate.RoundTrip);
        Assert.Equal(3000, estimate.Offset);
        Assert.False(estimate.IsWithinError);
    }

    [Fact]
    public void Offset_CounterBehind_IsNegative()
    {
        TscOffsetEstimate estimate = default;
        estimate.Add(1_000_000, 10, 1_000_020);

        Assert.Equal(-1_000_000, estimate.Offset);
    }

    [Fact]
    public void IsWithinError_AnswerAnywhereInTheRound_IsNoOffset()
    {
        foreach (ulong answer in new ulong[] { 100, 150, 200 })
        {
            TscOffsetEstimate estimate = default;
            estimate.Add(100, answer, 200);
            Assert.True(estimate.IsWithinError);
        }
    }

    [Fact]
    public void Offset_AnyDelays_IsRightToHalfTheRoundTrip() =>
        Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.Select(Gen.ULong[0, 5000], Gen.ULong[0, 5000]).Array[1, 20]).Sample((offset, rounds) =>
        {
            TscOffsetEstimate estimate = default;
            ulong now = 10_000_000;
            foreach ((ulong there, ulong back) in rounds)
            {
                estimate.Add(now, now + there + (ulong)offset, now + there + back);
                now += there + back + 10;
            }

            Assert.True(Math.Abs(estimate.Offset - offset) <= (long)(estimate.RoundTrip / 2) + 1);
        });
}
