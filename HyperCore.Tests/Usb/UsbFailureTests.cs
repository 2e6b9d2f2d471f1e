using System;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

/// <summary>Broken devices and controllers: nothing hangs, others work on, and one line says what is wrong.</summary>
public sealed class UsbFailureTests
{
    private static readonly byte[] s_a = [0, 0, 0x04, 0, 0, 0, 0, 0];
    private static readonly byte[] s_nothing = new byte[8];

    private readonly UsbBench _bench = new();

    [Fact]
    public void Endpoint_Stalls_IsBroughtBack()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, keyboard);
        keyboard.OnInterrupt = FakeUsbDevice.Answer.Stall;
        keyboard.Send(s_a);
        keyboard.OnInterrupt = FakeUsbDevice.Answer.Ok;
        _bench.Run(100);

        Assert.Contains("02 01 0000 0081 00", keyboard.Requests);
        Assert.Equal("+1E", _bench.TakeInput());
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Endpoint_FailsAgainAndAgain_DeviceIsGivenUpWithItsKeysReleased()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, keyboard);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        keyboard.OnInterrupt = FakeUsbDevice.Answer.Error;
        keyboard.Send(s_nothing);
        Assert.Equal("-1E", _bench.Run(5000).TakeInput());

        // It was set up once more, and works again as soon as it can.
        keyboard.OnInterrupt = FakeUsbDevice.Answer.Ok;
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(5000).TakeInput());
    }

    [Theory]
    [InlineData("80 06 0100", FakeUsbDevice.Answer.Silence, "does not answer")]
    [InlineData("80 06 0100", FakeUsbDevice.Answer.Stall, "refuses to be set up")]
    [InlineData("80 06 0200", FakeUsbDevice.Answer.Error, "cannot be talked to")]
    [InlineData("00 09", FakeUsbDevice.Answer.Silence, "does not answer")]
    internal void Device_ThatDoesNotDoAsItShould_IsLeftAloneAfterThreeAttempts(string request, FakeUsbDevice.Answer answer, string reason)
    {
        FakeUsbDevice broken = FakeUsbDevice.Keyboard();
        broken.OnRequest = name => name.StartsWith(request, StringComparison.Ordinal) ? answer : FakeUsbDevice.Answer.Ok;
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, broken, 10);
        _bench.Plug(2, keyboard, 25_000);

        Assert.Contains($"usb: port 1: {reason}; left alone", _bench.Lines);
        Assert.Single(_bench.Lines, line => line.EndsWith("left alone", StringComparison.Ordinal));
        Assert.Equal(3, _bench.Controller.Ports[0].Resets);
        Assert.False(_bench.Controller.Ports[0].IsEnabled);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());

        // Another device in its place gets a new chance.
        _bench.Controller.Ports[0].Unplug();
        _bench.Run(50);
        FakeUsbDevice good = FakeUsbDevice.Keyboard();
        _bench.Plug(1, good);
        good.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Request_FailsOnce_IsTriedAgain()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        int seen = 0;
        keyboard.OnRequest = name => name.StartsWith("80 06 0200", StringComparison.Ordinal) && seen++ == 0 ? FakeUsbDevice.Answer.Error : FakeUsbDevice.Answer.Ok;
        _bench.Plug(1, keyboard);
        Assert.Equal("usb: port 1: keyboard (1234:0001)", _bench.Lines[^1]);
    }

    [Fact]
    public void Port_ResetNeverEnds_IsLeftAlone()
    {
        _bench.Controller.Ports[0].ResetHangs = true;
        _bench.Plug(1, FakeUsbDevice.Keyboard(), 10);
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(2, keyboard, 10_000);

        Assert.Contains("usb: port 1: does not come out of reset; left alone", _bench.Lines);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1201")]
    [InlineData("120200020000000834120100000100000001")]
    [InlineData("120100020000000934120100000100000001")]
    public void DeviceDescriptor_Broken_IsLeftAlone(string descriptor)
    {
        FakeUsbDevice broken = FakeUsbDevice.Keyboard();
        broken.DeviceDescriptor = Convert.FromHexString(descriptor);
        _bench.Plug(1, broken, 10_000);
        Assert.EndsWith("left alone", _bench.Lines[^1], StringComparison.Ordinal);
        Assert.StartsWith("usb: port 1: ", _bench.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Keyboard_FailsBeforeItsPortSaysThatItIsGone_IsUnpluggedAllTheSame()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, keyboard);
        keyboard.Send(s_a);
        _bench.Run(20).TakeInput();
        keyboard.OnInterrupt = FakeUsbDevice.Answer.Error;
        keyboard.OnRequest = _ => FakeUsbDevice.Answer.Error;
        keyboard.Send(s_nothing);
        Assert.Equal("-1E", _bench.Run(50).TakeInput());
        _bench.Controller.Ports[0].Unplug();
        _bench.Run(50);

        Assert.Equal("usb: port 1: unplugged (1234:0001)", _bench.Lines[^1]);
        Assert.Equal(0, _bench.Controller.SlotsInUse);
    }

    [Fact]
    public void Plugging_InTheMiddleOfEverything_LeavesNoSlotBehind()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        for (int milliseconds = 1; milliseconds < 260; milliseconds += 3)
        {
            _bench.Plug(1, keyboard, milliseconds);
            _bench.Controller.Ports[0].Unplug();
            _bench.Run(50);
            Assert.Equal(0, _bench.Controller.SlotsInUse);
        }

        _bench.Plug(1, keyboard);
        keyboard.Send(s_a);
        Assert.EndsWith("+1E", _bench.Run(20).TakeInput(), StringComparison.Ordinal);
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Controller_Fails_IsStartedAnewAndKeysAreReleased()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, keyboard);
        keyboard.Send(s_a);
        _bench.Run(20);
        _bench.Controller.FailHost();

        Assert.Equal("+1E -1E", _bench.Run(3000).TakeInput());
        Assert.Contains("usb: controller 1: has failed; reset", _bench.Lines);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Equal(2, _bench.Controller.Resets);
    }

    [Fact]
    public void Controller_FailsForEver_IsGivenUp()
    {
        _bench.Plug(1, FakeUsbDevice.Keyboard());
        for (int i = 0; i < 10; i++)
        {
            _bench.Controller.FailHost();
            _bench.Run(1000);
        }

        Assert.Equal(4, _bench.Controller.Resets);
        Assert.Equal(ulong.MaxValue, _bench.Host.NextDeadline);
    }

    [Fact]
    public void Controller_Goes_KeysAreReleased()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, keyboard);
        keyboard.Send(s_a);
        _bench.Run(20);
        _bench.Controller.IsGone = true;

        Assert.Equal("+1E -1E", _bench.Run(2000).TakeInput());
        Assert.Contains("usb: controller 1: has gone; given up", _bench.Lines);
    }

    [Fact]
    public void Command_NeverAnswered_OnlyTheGuiltyPortIsLeftAlone()
    {
        FakeUsbDevice bad = FakeUsbDevice.Keyboard();
        FakeUsbDevice good = FakeUsbDevice.Keyboard();
        _bench.Plug(1, good);
        int left = 1;
        _bench.Controller.Swallows = type => type == 11 && left-- > 0;
        _bench.Plug(2, bad, 12_000);

        Assert.Contains("usb: port 2: makes the controller fail; left alone", _bench.Lines);
        Assert.Contains("usb: controller 1: does not answer a command; reset", _bench.Lines);
        good.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Equal(1, _bench.Controller.SlotsInUse);
    }
}
