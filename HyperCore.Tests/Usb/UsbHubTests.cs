using System;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

public sealed class UsbHubTests
{
    private static readonly byte[] s_a = [0, 0, 0x04, 0, 0, 0, 0, 0];

    private readonly UsbBench _bench = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Devices_BehindAHub_WorkAndComeAndGo(int hubSpeed)
    {
        var hub = new FakeUsbHub(speed: hubSpeed);
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard(speed: 2);
        FakeUsbDevice mouse = FakeUsbDevice.Mouse();
        hub.Plug(1, keyboard);
        hub.Plug(4, mouse);
        _bench.Plug(1, hub, 2500);
        Assert.Contains("usb: port 1: hub, 4 ports (4321:0100)", _bench.Lines);
        Assert.Contains("usb: port 1.1: keyboard (1234:0001)", _bench.Lines);
        Assert.Contains("usb: port 1.4: mouse (1234:0002)", _bench.Lines);

        keyboard.Send(s_a);
        mouse.Send(0, 1, 0);
        Assert.Equal("+1E mouse 1 0 0 0", _bench.Run(20).TakeInput());

        hub.Unplug(1);
        Assert.Equal("-1E", _bench.Run(100).TakeInput());
        Assert.Equal("usb: port 1.1: unplugged (1234:0001)", _bench.Lines[^1]);

        hub.Plug(2, keyboard);
        _bench.Run();
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Hub_Unplugged_TakesEverythingBehindWithIt()
    {
        var hub = new FakeUsbHub();
        var second = new FakeUsbHub();
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, hub);
        hub.Plug(3, second);
        _bench.Run();
        second.Plug(2, keyboard);
        _bench.Run();
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Contains("usb: port 1.3.2: keyboard (1234:0001)", _bench.Lines);
        Assert.Equal(3, _bench.Controller.SlotsInUse);

        _bench.Controller.Ports[0].Unplug();
        Assert.Equal("-1E", _bench.Run(100).TakeInput());
        Assert.Equal(0, _bench.Controller.SlotsInUse);
        Assert.Contains("usb: port 1.3.2: unplugged (1234:0001)", _bench.Lines);

        _bench.Plug(1, hub, 5000);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void SlotContext_BehindAFastHub_HasRouteTranslatorAndHubData()
    {
        var fast = new FakeUsbHub(ports: 7, speed: 3);
        var slow = new FakeUsbHub(speed: 1);
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard(speed: 2);
        FakeUsbDevice quick = FakeUsbDevice.Keyboard(speed: 3, maxPacket0: 64);
        fast.Plug(5, slow);
        fast.Plug(6, quick);
        slow.Plug(2, keyboard);
        _bench.Plug(3, fast, 4000);

        // The fake checks the translator of every device; here is what the words look like.
        uint[] hub = _bench.Controller.SlotContext(fast);
        Assert.Equal((3u << 20) | (1u << 26) | (3u << 27), hub[0]);
        Assert.Equal((3u << 16) | (7u << 24), hub[1]);
        Assert.Equal(2u << 16, hub[2]);
        uint[] leaf = _bench.Controller.SlotContext(keyboard);
        Assert.Equal(0x25u | (2u << 20) | (3u << 27), leaf[0]);
        Assert.Equal((uint)fast.Address | (5u << 8), leaf[2]);
        Assert.Equal(0u, _bench.Controller.SlotContext(quick)[2]);
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Usb3Hub_IsToldItsDepth_AndItsDevicesAreLeftUnconfigured()
    {
        var hub = new FakeUsbHub(speed: 4);
        var second = new FakeUsbHub(speed: 4);
        FakeUsbDevice stick = new() { Speed = 4, MaxPacket0 = 512, DeviceDescriptor = FakeUsbDevice.Device(1, 2, 0, 4), Configuration = FakeUsbDevice.Config(FakeUsbDevice.Interface(0, 8, 6, 80)) };
        hub.Plug(1, second);
        second.Plug(2, stick);
        _bench.Plug(5, hub, 5000);

        Assert.Equal(0, hub.DepthTold);
        Assert.Equal(1, second.DepthTold);
        Assert.Contains("usb: port 5.1.2: class 08 is not used (0001:0002)", _bench.Lines);
        Assert.DoesNotContain(stick.Requests, request => request.StartsWith("00 09", StringComparison.Ordinal));
        Assert.Empty(_bench.Controller.Violations);
    }

    [Fact]
    public void Hub_ThatIsSilent_IsGivenUpAndOthersWork()
    {
        var hub = new FakeUsbHub { OnRequest = request => request.StartsWith("A3", StringComparison.Ordinal) ? FakeUsbDevice.Answer.Silence : FakeUsbDevice.Answer.Ok };
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        _bench.Plug(1, hub, 100);
        _bench.Plug(2, keyboard, 20_000);

        Assert.Contains("usb: port 1: hub does not work; left alone", _bench.Lines);
        keyboard.Send(s_a);
        Assert.Equal("+1E", _bench.Run(20).TakeInput());
    }

    [Fact]
    public void HubDescriptor_OfNonsense_IsGivenUp()
    {
        var hub = new FakeUsbHub(ports: 0);
        _bench.Plug(1, hub, 5000);
        Assert.Contains("usb: port 1: hub does not work; left alone", _bench.Lines);
    }

    [Fact]
    public void Hubs_InALongRow_AreNotFollowedForEver()
    {
        var first = new FakeUsbHub();
        FakeUsbHub last = first;
        for (int i = 0; i < 8; i++)
        {
            var next = new FakeUsbHub();
            last.Plug(1, next);
            last = next;
        }

        _bench.Plug(1, first, 20_000);
        Assert.Contains("usb: port 1.1.1.1.1: hub, 4 ports (4321:0100)", _bench.Lines);
        Assert.Contains("usb: port 1.1.1.1.1.1: one hub too many; left alone (4321:0100)", _bench.Lines);
        Assert.DoesNotContain(_bench.Lines, line => line.StartsWith("usb: port 1.1.1.1.1.1.1:", StringComparison.Ordinal));
    }
}
