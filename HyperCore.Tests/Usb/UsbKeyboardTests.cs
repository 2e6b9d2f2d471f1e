using HyperCore.Core.Console;
using HyperCore.Core.Usb;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

public sealed class UsbKeyboardTests
{
    [Fact]
    public void Keyboard_PluggedIn_IsSetUpForTheBootProtocol()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        UsbBench bench = new UsbBench().Run().Plug(2, keyboard);

        Assert.Equal(
            [
                "80 06 0100 0000 08", "80 06 0100 0000 12", "80 06 0200 0000 09", "80 06 0200 0000 22", "00 09 0001 0000 00",
                "21 0B 0000 0000 00", "21 0A 0000 0000 00", "21 09 0200 0000 01 00",
            ],
            keyboard.Requests);
        Assert.Equal(["usb: controller 1: xHCI 1.1, 6 ports, interrupts", "usb: port 2: keyboard (1234:0001)"], bench.Lines);
        Assert.Empty(bench.Controller.Violations);

        // 10 ms at full speed is 2 to the 6th times 125 µs; type 7 is interrupt IN.
        Assert.Equal([6u << 16, (3u << 1) | (7u << 3) | (8u << 16)], bench.Controller.EndpointContext(keyboard, 3));
    }

    [Fact]
    public void Keyboard_ThereFromTheBeginning_IsFound()
    {
        var bench = new UsbBench();
        bench.Controller.Ports[0].Plug(FakeUsbDevice.Keyboard());
        Assert.Contains("usb: port 1: keyboard (1234:0001)", bench.Run().Lines);
    }

    [Fact]
    public void Reports_BecomeKeys()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice keyboard);

        keyboard.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        keyboard.Send(0, 0, 0x04, 0x05, 0, 0, 0, 0);
        keyboard.Send(0, 0, 0x05, 0, 0, 0, 0, 0);
        keyboard.Send(0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal("+1E +30 -1E -30", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Report_OfModifierAndKey_ModifierComesFirstAndGoesLast()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice keyboard);

        keyboard.Send(0x05, 0, 0x4A, 0, 0, 0, 0, 0);
        Assert.Equal("+1D +38 +147", bench.Run(20).TakeInput());
        keyboard.Send(0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal("-147 -1D -38", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Report_TooManyKeys_HeldKeysStayHeld()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice keyboard);

        keyboard.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        keyboard.Send(0x02, 0, 1, 1, 1, 1, 1, 1);
        Assert.Equal("+1E +2A", bench.Run(20).TakeInput());
        keyboard.Send(0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal("-1E -2A", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Report_ShortOrOdd_DoesNoHarm()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice keyboard);

        keyboard.Send();
        keyboard.Send(0x02);
        keyboard.Send(0x02, 0, 0x04, 0x04, 0xE1, 0xA5);
        Assert.Equal("+2A +1E", bench.Run(20).TakeInput());
        keyboard.Send(0, 0, 0);
        Assert.Equal("-1E -2A", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Keyboard_Unplugged_ReleasesItsKeys()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice keyboard);
        keyboard.Send(0x01, 0, 0x04, 0x48, 0, 0, 0, 0);
        Assert.Equal("+1D +1E +245", bench.Run(20).TakeInput());

        bench.Controller.Ports[0].Unplug();
        Assert.Equal("-1E -245 -1D", bench.Run(50).TakeInput());
        Assert.Empty(bench.Down);
        Assert.Equal("usb: port 1: unplugged (1234:0001)", bench.Lines[^1]);
        Assert.Equal(0, bench.Controller.SlotsInUse);

        bench.Plug(1, keyboard);
        keyboard.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        Assert.Equal("+1E", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Leds_AreShownByEveryKeyboard()
    {
        UsbBench bench = WithKeyboard(out FakeUsbDevice first);
        FakeUsbDevice second = FakeUsbDevice.Keyboard(speed: 2);
        bench.Plug(2, second);

        bench.Host.Leds = 4;
        bench.Run(50);
        Assert.Equal("21 09 0200 0000 01 02", first.Requests[^1]);
        Assert.Equal("21 09 0200 0000 01 02", second.Requests[^1]);

        bench.Host.Leds = 3;
        bench.Run(50);
        Assert.Equal("21 09 0200 0000 01 05", first.Requests[^1]);
    }

    [Fact]
    public void Leds_OfAKeyboardThatHasNone_DoNotMatter()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        keyboard.OnRequest = request => request.StartsWith("21", System.StringComparison.Ordinal) ? FakeUsbDevice.Answer.Stall : FakeUsbDevice.Answer.Ok;
        UsbBench bench = new UsbBench().Plug(1, keyboard);

        keyboard.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        Assert.Equal("+1E", bench.Run(20).TakeInput());
        Assert.Empty(bench.Controller.Violations);
    }

    [Fact]
    public void Mouse_Report_IsMovementButtonsAndWheel()
    {
        FakeUsbDevice mouse = FakeUsbDevice.Mouse();
        UsbBench bench = new UsbBench().Plug(1, mouse);
        Assert.Equal("usb: port 1: mouse (1234:0002)", bench.Lines[^1]);

        mouse.Send(0x01, 5, 0xFD, 0xFF);
        mouse.Send(0x00, 0xFB, 3);
        mouse.Send(0x02, 0);
        Assert.Equal("mouse 5 3 1 1 mouse -5 -3 0 0", bench.Run(20).TakeInput());

        mouse.Send(0x06, 0, 0, 0);
        bench.Run(20).TakeInput();
        bench.Controller.Ports[0].Unplug();
        Assert.Equal("mouse 0 0 0 0", bench.Run(50).TakeInput());
    }

    [Fact]
    public void Receiver_WithKeyboardAndMouse_IsBoth()
    {
        FakeUsbDevice receiver = FakeUsbDevice.Keyboard();
        receiver.Configuration = FakeUsbDevice.Config(
            FakeUsbDevice.Interface(0, 3, 1, 1), FakeUsbDevice.Hid, FakeUsbDevice.Endpoint(0x81, 8, 8),
            FakeUsbDevice.Interface(1, 3, 1, 2), FakeUsbDevice.Hid, FakeUsbDevice.Endpoint(0x82, 8, 2),
            FakeUsbDevice.Interface(2, 3, 0, 0), FakeUsbDevice.Hid, FakeUsbDevice.Endpoint(0x83, 32, 2));
        UsbBench bench = new UsbBench().Plug(1, receiver);

        Assert.Contains("21 0B 0000 0001 00", receiver.Requests);
        Assert.DoesNotContain("21 0B 0000 0002 00", receiver.Requests);
        receiver.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        receiver.SendOn(0x82, 0, 1, 1, 0);
        receiver.SendOn(0x83, 1, 2, 3);
        Assert.Equal("+1E mouse 1 -1 0 0", bench.Run(20).TakeInput());
        Assert.Empty(bench.Controller.Violations);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(1, 32)]
    [InlineData(3, 64)]
    [InlineData(2, 8)]
    public void Keyboard_OfAnySpeedAndPacketSize_Works(int speed, int maxPacket)
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard(speed, maxPacket);
        UsbBench bench = new UsbBench().Plug(1, keyboard);

        keyboard.Send(0, 0, 0x04, 0, 0, 0, 0, 0);
        Assert.Equal("+1E", bench.Run(20).TakeInput());
        Assert.Equal((uint)maxPacket, bench.Controller.EndpointContext(keyboard, 1)[1] >> 16);
        Assert.Empty(bench.Controller.Violations);
    }

    [Theory]
    [InlineData(0x04, 0x1E)]
    [InlineData(0x1D, 0x2C)]
    [InlineData(0x1E, 0x02)]
    [InlineData(0x27, 0x0B)]
    [InlineData(0x28, 0x1C)]
    [InlineData(0x39, 0x3A)]
    [InlineData(0x3A, 0x3B)]
    [InlineData(0x45, 0x58)]
    [InlineData(0x46, 0x137)]
    [InlineData(0x48, 0x245)]
    [InlineData(0x49, 0x152)]
    [InlineData(0x4A, 0x147)]
    [InlineData(0x4C, 0x153)]
    [InlineData(0x4F, 0x14D)]
    [InlineData(0x52, 0x148)]
    [InlineData(0x53, 0x45)]
    [InlineData(0x54, 0x135)]
    [InlineData(0x58, 0x11C)]
    [InlineData(0x59, 0x4F)]
    [InlineData(0x62, 0x52)]
    [InlineData(0x63, 0x53)]
    [InlineData(0x64, 0x56)]
    [InlineData(0x65, 0x15D)]
    [InlineData(0x67, 0x59)]
    [InlineData(0x73, 0x76)]
    [InlineData(0x87, 0x73)]
    [InlineData(0x89, 0x7D)]
    [InlineData(0xE0, 0x1D)]
    [InlineData(0xE6, 0x138)]
    [InlineData(0xE7, 0x15C)]
    [InlineData(0x00, 0)]
    [InlineData(0x01, 0)]
    [InlineData(0xA4, 0)]
    [InlineData(0xFF, 0)]
    public void Usage_IsTheKeyOfAPcKeyboard(byte usage, int code) => Assert.Equal(code, HidUsage.ToScanCode(usage));

    [Fact]
    public void Usages_OfDifferentKeys_AreDifferentCodes()
    {
        // Usages 31h and 32h lie in the same place, and 94h (language 5) has the code of F24: no keyboard has both.
        var seen = new System.Collections.Generic.Dictionary<ushort, int>();
        for (int usage = 0; usage < 256; usage++)
        {
            ushort code = HidUsage.ToScanCode((byte)usage);
            if (code != 0 && usage is not (0x32 or 0x94))
            {
                Assert.True(seen.TryAdd(code, usage), $"usage {usage:x} is {code:x} as well");
                Assert.True(code == ScanCode.Pause || (code & 0x7F) != 0);
            }
        }

        Assert.InRange(seen.Count, 110, 140);
    }

    private static UsbBench WithKeyboard(out FakeUsbDevice keyboard)
    {
        keyboard = FakeUsbDevice.Keyboard();
        return new UsbBench().Plug(1, keyboard);
    }
}
