using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class KeyMergerTests
{
    private readonly KeyMerger _keys = new();

    [Fact]
    public void Key_HeldOnTwoKeyboards_IsReleasedWithTheLast()
    {
        Assert.True(_keys.Feed(KeyMerger.Ps2, 0x1E, true, out _));
        Assert.True(_keys.Feed(3, 0x1E, true, out _));
        Assert.False(_keys.Feed(KeyMerger.Ps2, 0x1E, false, out _));
        Assert.True(_keys.Feed(3, 0x1E, false, out KeyEvent last));
        Assert.False(last.Pressed);
    }

    [Fact]
    public void Modifier_OfOneKeyboard_CountsForTheOther()
    {
        _keys.Feed(1, ScanCode.LeftCtrl, true, out _);
        _keys.Feed(2, ScanCode.RightAlt, true, out _);
        _keys.Feed(KeyMerger.Ps2, ScanCode.Home, true, out KeyEvent home);
        Assert.Equal(KeyModifiers.Ctrl | KeyModifiers.Alt, home.Modifiers);

        _keys.Feed(1, ScanCode.LeftCtrl, false, out _);
        Assert.Equal(KeyModifiers.Alt, _keys.Modifiers);
    }

    [Fact]
    public void Key_RepeatedByItsKeyboard_IsPassedOn()
    {
        Assert.True(_keys.Feed(KeyMerger.Ps2, 0x1E, true, out _));
        Assert.True(_keys.Feed(KeyMerger.Ps2, 0x1E, true, out KeyEvent again));
        Assert.True(again.Pressed);
    }
}
