using System;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

public sealed class XhciControllerTests
{
    private static readonly byte[] s_a = [0, 0, 0x04, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData(false, false, 0, false, false)]
    [InlineData(true, false, 0, false, false)]
    [InlineData(false, true, 0, false, false)]
    [InlineData(true, false, 40, true, true)]
    [InlineData(false, false, 3, true, false)]
    public void Controller_OfAnyKind_Works(bool largeContexts, bool only32Bit, int scratchpads, bool portPower, bool firmwareHolds)
    {
        var memory = new FakeDmaMemory(start: only32Bit ? 0x1000_0000ul : 0x8_0000_0000);
        var controller = new FakeXhci(memory)
        {
            LargeContexts = largeContexts,
            Only32Bit = only32Bit,
            Scratchpads = scratchpads,
            PortPowerControl = portPower,
            FirmwareHolds = firmwareHolds,
        };
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        UsbBench bench = new UsbBench(controller).Plug(1, keyboard, 3000);

        keyboard.Send(s_a);
        Assert.Equal("+1E", bench.Run(20).TakeInput());
        Assert.Empty(controller.Violations);
        Assert.Equal(1, controller.Resets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Firmware_IsAskedToLetGo_AndItsSmisAreOff(bool never)
    {
        var controller = new FakeXhci(new FakeDmaMemory()) { FirmwareHolds = true, FirmwareNeverLetsGo = never };
        var bench = new UsbBench(controller);
        bench.Run(500);

        Assert.Equal(!never, controller.IsRunning);
        bench.Run(1000);
        Assert.True(controller.IsRunning);
        Assert.Equal(!never, controller.OwnedBySystem);
        Assert.Equal(0u, controller.LegacyControl & 0xE011);
        Assert.Equal(0u, controller.LegacyControl >> 29);
    }

    [Fact]
    public void Memory_OutOfReach_IsSaid()
    {
        var controller = new FakeXhci(new FakeDmaMemory()) { Only32Bit = true };
        Assert.Equal("gets no memory", new UsbBench(controller).Problem);
    }

    [Fact]
    public void Registers_OfNonsense_AreSaid()
    {
        var controller = new FakeXhci(new FakeDmaMemory()) { IsGone = true };
        Assert.Equal("has registers that make no sense", new UsbBench(controller).Problem);
    }

    [Fact]
    public void Reset_ThatHangs_IsGivenUp()
    {
        var controller = new FakeXhci(new FakeDmaMemory()) { ResetHangs = true };
        UsbBench bench = new UsbBench(controller).Run(5000);
        Assert.Equal(["usb: controller 1: does not come out of reset; given up"], bench.Lines);
        Assert.Equal(ulong.MaxValue, bench.Host.NextDeadline);
    }

    [Fact]
    public void NoInterrupts_IsPolled()
    {
        var controller = new FakeXhci(new FakeDmaMemory()) { Interrupts = false };
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        UsbBench bench = new UsbBench(controller).Plug(1, keyboard);

        Assert.Equal("usb: controller 1: xHCI 1.1, 6 ports, polled", bench.Lines[0]);
        Assert.InRange(bench.Host.NextDeadline - bench.Clock.Now, 0ul, 8_000_000ul);
        keyboard.Send(s_a);
        Assert.Equal("+1E", bench.Run(20).TakeInput());
    }

    [Fact]
    public void Nothing_ToDo_CostsNoRegisterAccess()
    {
        UsbBench bench = new UsbBench().Plug(1, FakeUsbDevice.Keyboard());
        bench.Host.Poll(bench.Clock.Now);
        int before = bench.Controller.MmioAccesses;
        bench.Host.Poll(bench.Clock.Now);
        Assert.Equal(before, bench.Controller.MmioAccesses);

        // The ports are looked at a few times a second all the same.
        Assert.InRange(bench.Host.NextDeadline - bench.Clock.Now, 1ul, 250_000_000ul);
    }

    [Fact]
    public void Rings_GoRoundAndRound()
    {
        FakeUsbDevice keyboard = FakeUsbDevice.Keyboard();
        UsbBench bench = new UsbBench().Plug(1, keyboard);
        for (int i = 0; i < 1000; i++)
        {
            keyboard.Send(s_a);
            bench.Host.Leds = i & 7;
            bench.Run(6);
            keyboard.Send(0, 0, 0, 0, 0, 0, 0, 0);
            Assert.Equal("+1E -1E", bench.Run(6).TakeInput());
        }

        Assert.Empty(bench.Controller.Violations);
    }

    [Fact]
    public void TwoControllers_PortsAreToldApart()
    {
        var bench = new UsbBench();
        var second = new FakeXhci(new FakeDmaMemory());
        Assert.True(bench.Host.Add(second, second.Memory, bench.Clock.Now, out string problem), problem);
        second.Ports[1].Plug(FakeUsbDevice.Keyboard());
        for (int i = 0; i < 300; i++)
        {
            second.RunLater();
            bench.Run(5);
        }

        Assert.Contains("usb: port 2-2: keyboard (1234:0001)", bench.Lines);
    }

    [Fact]
    public void Devices_MoreThanTheControllerHasSlots_AreRefused()
    {
        var bench = new UsbBench();
        for (int i = 1; i <= 3; i++)
        {
            var hub = new FakeUsbHub(7);
            for (int j = 1; j <= 7; j++)
            {
                hub.Plug(j, FakeUsbDevice.Keyboard());
            }

            bench.Plug(i, hub, 100);
        }

        bench.Run(20_000);
        Assert.Equal(16, bench.Controller.SlotsInUse);
        Assert.Contains(bench.Lines, line => line.EndsWith("gets no slot of the controller; left alone", StringComparison.Ordinal));
        Assert.Empty(bench.Controller.Violations);
    }
}
