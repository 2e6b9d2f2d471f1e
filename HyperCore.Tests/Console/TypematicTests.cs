using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class TypematicTests
{
    private const ulong Millisecond = 1_000_000;
    private const byte Setting = Typematic.DefaultSetting;

    private readonly Typematic _typematic = new();

    // The table of the IBM PS/2 Hardware Interface Technical Reference: 500 ms and 10.9 a second; 250 ms and 30 a second; 1 s and 2 a second.
    [Theory]
    [InlineData(0x2B, 500, 91)]
    [InlineData(0x00, 250, 33)]
    [InlineData(0x7F, 1000, 500)]
    [InlineData(0x24, 500, 50)]
    public void Setting_IsDelayAndRate(byte setting, ulong delay, ulong period)
    {
        Assert.Equal(delay, Typematic.DelayOf(setting) / Millisecond);
        Assert.Equal(period, Typematic.PeriodOf(setting) / Millisecond);
    }

    [Fact]
    public void Key_Held_RepeatsUntilItIsReleased()
    {
        _typematic.Feed(0x1E, true, 0, Setting);
        Assert.False(_typematic.TryTake(499 * Millisecond, Setting, out _));
        Assert.True(_typematic.TryTake(500 * Millisecond, Setting, out ushort code));
        Assert.Equal(0x1E, code);
        Assert.False(_typematic.TryTake(501 * Millisecond, Setting, out _));
        Assert.True(_typematic.TryTake(600 * Millisecond, Setting, out _));

        _typematic.Feed(0x1E, false, 600 * Millisecond, Setting);
        Assert.Equal(ulong.MaxValue, _typematic.Deadline);
        Assert.False(_typematic.TryTake(2000 * Millisecond, Setting, out _));
    }

    [Fact]
    public void Key_PressedLast_IsTheOneThatRepeats()
    {
        _typematic.Feed(0x1E, true, 0, Setting);
        _typematic.Feed(0x30, true, 100 * Millisecond, Setting);
        _typematic.Feed(0x1E, false, 200 * Millisecond, Setting);
        Assert.True(_typematic.TryTake(700 * Millisecond, Setting, out ushort code));
        Assert.Equal(0x30, code);
    }

    [Fact]
    public void Pause_NeverRepeats()
    {
        _typematic.Feed(0x1E, true, 0, Setting);
        _typematic.Feed(ScanCode.Pause, true, 0, Setting);
        Assert.Equal(ulong.MaxValue, _typematic.Deadline);
    }
}
