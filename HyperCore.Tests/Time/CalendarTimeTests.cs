using System;
using CsCheck;
using HyperCore.Core.Time;
using Xunit;

namespace HyperCore.Tests.Time;

public sealed class CalendarTimeTests
{
    [Fact]
    public void TryToUnixSeconds_AnyDate_IsAsDotNetSays()
        => Gen.DateTime[new DateTime(1970, 1, 1), new DateTime(9999, 12, 31)].Sample(moment =>
        {
            Assert.True(CalendarTime.TryToUnixSeconds(moment.Year, moment.Month, moment.Day, moment.Hour, moment.Minute, moment.Second, out ulong seconds));
            Assert.Equal((ulong)(moment - DateTime.UnixEpoch).TotalSeconds, seconds);
        });

    [Theory]
    [InlineData(1969, 12, 31, 23, 59, 59)]
    [InlineData(2100, 2, 29, 0, 0, 0)]
    [InlineData(2026, 13, 1, 0, 0, 0)]
    [InlineData(2026, 0, 1, 0, 0, 0)]
    [InlineData(2026, 4, 31, 0, 0, 0)]
    [InlineData(2026, 1, 0, 0, 0, 0)]
    [InlineData(2026, 1, 1, 24, 0, 0)]
    [InlineData(2026, 1, 1, 0, 60, 0)]
    [InlineData(2026, 1, 1, 0, 0, 60)]
    [InlineData(10000, 1, 1, 0, 0, 0)]
    public void TryToUnixSeconds_NoSuchMoment_IsRefused(int year, int month, int day, int hour, int minute, int second)
        => Assert.False(CalendarTime.TryToUnixSeconds(year, month, day, hour, minute, second, out _));
}
