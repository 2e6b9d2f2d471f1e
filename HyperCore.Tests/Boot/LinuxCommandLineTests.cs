using HyperCore.Core.Boot;
using Xunit;

namespace HyperCore.Tests.Boot;

public sealed class LinuxCommandLineTests
{
    [Theory]
    [InlineData("quiet", "tsc_early_khz=2445000 tsc=reliable quiet")]
    [InlineData("", "tsc_early_khz=2445000 tsc=reliable ")]
    [InlineData("tsc=unstable quiet", "tsc_early_khz=2445000 tsc=unstable quiet")]
    [InlineData("tsc_early_khz=1000", "tsc=reliable tsc_early_khz=1000")]
    [InlineData("notsc=1", "tsc_early_khz=2445000 tsc=reliable notsc=1")]
    [InlineData("quiet -- 3", "tsc_early_khz=2445000 tsc=reliable quiet -- 3")]
    public void Build_AddsWhatTheUserDidNotSay(string configured, string expected)
    {
        var buffer = new char[configured.Length + LinuxCommandLine.MaxAdded];

        Assert.Equal(expected, LinuxCommandLine.Build(buffer, configured, 2_445_000_123).ToString());
    }

    [Fact]
    public void Build_LargestFrequency_FitsTheRoom()
    {
        var buffer = new char[LinuxCommandLine.MaxAdded];

        Assert.EndsWith(" tsc=reliable ", LinuxCommandLine.Build(buffer, "", ulong.MaxValue).ToString());
    }
}
