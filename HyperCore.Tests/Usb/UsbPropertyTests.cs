using System.Linq;
using CsCheck;
using HyperCore.Core.Usb;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

/// <summary>Whatever a device sends, nothing crashes, nothing hangs, and others work on.</summary>
public sealed class UsbPropertyTests
{
    private static readonly byte[] s_a = [0, 0, 0x04, 0, 0, 0, 0, 0];

    private static readonly Gen<byte[]> s_bytes = Gen.Byte.Array[0, 600];

    // Real descriptors with some bytes changed get further than noise does.
    private static readonly Gen<byte[]> s_configuration = Gen.OneOf(
        s_bytes,
        Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 60], Gen.Byte).Array[0, 6]).Select((isHub, changes) =>
        {
            byte[] bytes = isHub ? new FakeUsbHub().Configuration : FakeUsbDevice.Keyboard().Configuration;
            foreach ((int at, byte value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            return bytes;
        }));

    [Fact]
    public void ConfigurationDescriptor_OfAnyBytes_HoldsOnlyWhatItMay() => s_configuration.Sample(bytes =>
    {
        var descriptor = new ConfigurationDescriptor();
        if (!descriptor.Read(bytes))
        {
            return;
        }

        Assert.InRange(descriptor.Count, 0, ConfigurationDescriptor.MaxInterfaces);
        for (int i = 0; i < descriptor.Count; i++)
        {
            Assert.InRange(descriptor[i].EndpointAddress & 0x0F, 1, 15);
            Assert.NotEqual(0, descriptor[i].EndpointAddress & 0x80);
            Assert.InRange(descriptor[i].MaxPacketSize, 1, 0x7FF);
        }
    });

    [Fact]
    public void Device_WithAnyDescriptorsAndReports_DoesNoHarm() =>
        Gen.Select(Gen.Int[1, 3], Gen.OneOf(s_bytes, Gen.Const(FakeUsbDevice.Device(1, 2, 64, 3))), s_configuration, Gen.Byte.Array[0, 70].Array[0, 5])
            .Sample((speed, device, configuration, reports) =>
            {
                var bench = new UsbBench();
                FakeUsbDevice good = FakeUsbDevice.Keyboard();
                var bad = new FakeUsbDevice { Speed = speed, MaxPacket0 = speed == 3 ? 64 : 8, DeviceDescriptor = device, Configuration = configuration };
                bench.Plug(1, bad, 300);
                bench.Plug(2, good, 700);
                foreach (byte[] report in reports)
                {
                    bad.Send(report);
                    bench.Run(10);
                }

                bench.Run(4000);
                bench.Input.Clear();
                bench.Controller.Ports[0].Unplug();
                bench.Run(50).TakeInput();
                good.Send(s_a);
                Assert.Equal("+1E", bench.Run(20).TakeInput());
                Assert.Single(bench.Down);
                Assert.Empty(bench.Controller.Violations);
            }, iter: 150);

    [Fact]
    public void Keys_OfDevicesThatComeAndGo_AreAllReleasedInTheEnd() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2], Gen.Byte.Array[8]).Array[1, 40].Sample(steps =>
        {
            var bench = new UsbBench();
            var hub = new FakeUsbHub();
            bench.Plug(1, hub);
            FakeUsbDevice[] keyboards = [.. Enumerable.Range(0, 3).Select(_ => FakeUsbDevice.Keyboard())];
            foreach ((int step, int which, byte[] report) in steps)
            {
                switch (step)
                {
                    case 0:
                        hub.Plug(which + 1, keyboards[which]);
                        break;
                    case 1:
                        hub.Unplug(which + 1);
                        break;
                    case 2:
                        bench.Controller.Ports[0].Unplug();
                        break;
                    case 3:
                        bench.Controller.Ports[0].Plug(hub);
                        break;
                    case 4:
                        bench.Run(600);
                        break;
                    default:
                        keyboards[which].Send(report);
                        break;
                }

                bench.Run(7);
            }

            bench.Controller.Ports[0].Unplug();
            bench.Run(100);
            Assert.Empty(bench.Down);
            Assert.Equal(0, bench.Controller.SlotsInUse);
            Assert.Empty(bench.Controller.Violations);
        }, iter: 150);
}
