using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class StopReasonTests
{
    private readonly StopReason _reason = new();

    [Fact]
    public void StopReason_New_SaysNothing()
    {
        Assert.Equal(StopKind.None, _reason.Kind);
        Assert.Equal("", _reason.Text.ToString());
    }

    [Fact]
    public void Set_TooLongText_IsCut()
    {
        _reason.Set(StopKind.Crashed, new string('x', StopReason.MaxLength + 1));
        Assert.Equal(StopReason.MaxLength, _reason.Text.Length);
    }

    [Fact]
    public void Begin_TooLongText_IsCut()
    {
        TextBuilder text = _reason.Begin(StopKind.Crashed);
        for (int i = 0; i < 100; i++)
        {
            text.AppendHex(ulong.MaxValue);
        }

        _reason.Finish(text);
        Assert.Equal(StopReason.MaxLength, _reason.Text.Length);
    }

    [Fact]
    public void Set_Again_ReplacesTheFirst()
    {
        _reason.Set(StopKind.Crashed, "a longer reason");
        _reason.Set(StopKind.Stopped, "short");

        Assert.Equal((StopKind.Stopped, "short"), (_reason.Kind, _reason.Text.ToString()));
        _reason.Clear();
        Assert.Equal((StopKind.None, 0), (_reason.Kind, _reason.Text.Length));
    }

    [Fact]
    public void GuestPower_Requests_BecomeReasons()
    {
        var power = new GuestPower(_reason);
        Assert.False(power.Requested);

        power.PowerOff();
        Assert.True(power.Requested);
        Assert.Equal((StopKind.PoweredOff, "powered off"), (_reason.Kind, _reason.Text.ToString()));

        power.Reset("port CF9h");
        Assert.Equal(StopKind.PoweredOff, _reason.Kind); // the first counts
        power.Clear();
        _reason.Clear();
        Assert.False(power.Requested);
        power.Reset("port CF9h");
        Assert.True(power.Requested);
        Assert.Equal((StopKind.Reset, "reset by port CF9h"), (_reason.Kind, _reason.Text.ToString()));
    }
}
