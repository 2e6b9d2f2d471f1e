using System;
using System.Collections.Generic;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Network;
using HyperCore.Core.Platform;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Network;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>The network as a part of the machine: who has a card, what pausing and stopping do, what log and menu say.</summary>
public sealed class MachineNetworkTests
{
    private const string Configuration = TestMachine.TwoVms + """

        network = yes
        [vm c]
        kernel = \k
        memory = 4M
        network = yes
        autostart = yes
        """;

    [Fact]
    public void OnlyVmsThatWantOne_HaveANetworkCard()
    {
        using TestMachine machine = Create();
        Assert.Null(machine.Vms[0].Virtio.Network);
        Assert.Equal(0xFFFF_FFFFu, (uint)machine.Vms[0].Platform.Pci.ReadMmio(PlatformLayout.NetworkSlot << 15, 4));
        Assert.Equal(0x1041_1AF4u, (uint)machine.Vms[1].Platform.Pci.ReadMmio(PlatformLayout.NetworkSlot << 15, 4));
        Assert.Equal(2, machine.VmHost.Network!.Switch.PortCount);
        Assert.Equal(FrameQueue.Places, Card(machine, 1).Port.Queue.Share);
    }

    [Fact]
    public void NoVmWantsOne_ThereIsNoNetwork()
    {
        using var machine = new TestMachine(TestMachine.TwoVms);
        Assert.Null(machine.VmHost.Network);
        Assert.Equal(0, machine.Overview.FactCount);
    }

    [Fact]
    public void PausedAndStoppedVms_GetNothing()
    {
        using TestMachine machine = Create();
        VirtualMachine vm = machine.Vms[1];
        SwitchPort port = Card(machine, 1).Port;
        SwitchPort sender = Card(machine, 2).Port;
        Ready(vm);
        Send(machine, sender, port);
        Assert.Equal(1, port.Queue.Count);
        vm.Pause();
        Assert.Equal(0, port.Queue.Count);
        Send(machine, sender, port);
        Assert.Equal(2ul, port.Dropped);
        vm.Resume();
        Send(machine, sender, port);
        Assert.Equal(1, port.Queue.Count);
        vm.Stop();
        Send(machine, sender, port);
        Assert.Equal(0, port.Queue.Count);
        Assert.True(vm.Start());

        // The driver of the new guest has not begun yet.
        Send(machine, sender, port);
        Assert.Equal(5ul, port.Dropped);
        Assert.Equal(5ul, sender.Sent);
    }

    [Fact]
    public void VmThatStarves_KeepsNothing()
    {
        using TestMachine machine = Create();
        Ready(machine.Vms[1]);
        machine.Vms[1].Platform.Pci.WriteMmio((PlatformLayout.NetworkSlot << 15) + 4, 2, 0); // no bus master
        Send(machine, Card(machine, 2).Port, Card(machine, 1).Port);
        machine.Run();
        Assert.Equal(0, Card(machine, 1).Port.Queue.Count);
    }

    [Fact]
    public void SpoofedFrames_AreLoggedOnceAndThenRarely_AndShown()
    {
        using TestMachine machine = Create();
        SwitchPort port = Card(machine, 1).Port;
        for (int i = 0; i < 100; i++)
        {
            machine.VmHost.Network!.Switch.Send(port, SwitchBench.Frame(MacAddress.Broadcast, SwitchBench.Outside));
            machine.Run();
        }

        List<string> lines = machine.Lines.FindAll(line => line.StartsWith("network: b sends with an address that is not its own, which is ", StringComparison.Ordinal));
        Assert.Equal(7, lines.Count);
        Assert.EndsWith(": 64 frames dropped", lines[^1], StringComparison.Ordinal);
        Assert.Equal(4, machine.Overview.GetVmDeviceCount(1));
        Assert.StartsWith("virtio, ", Line(machine, 2), StringComparison.Ordinal);
        Assert.Equal("sent 0, received 0, dropped 0, spoofed 100", Line(machine, 3));
    }

    [Fact]
    public void Overview_SaysWhyThereIsNoUplink()
    {
        using TestMachine machine = Create();
        machine.VmHost.Network!.WhyNoUplink = "the machine has no network card";
        var text = new TextBuilder(new char[100]);
        Assert.Equal("Network", machine.Overview.WriteFact(machine.Overview.FactCount - 1, ref text, out _));
        Assert.Equal("no uplink: the machine has no network card", text.Text.ToString());
    }

    private static TestMachine Create()
    {
        var machine = new TestMachine(Configuration);
        machine.Supervisor.Start();
        machine.Run();
        return machine;
    }

    private static VirtioNet Card(TestMachine machine, int vm) => machine.Vms[vm].Virtio.Network!;

    // As far as a driver has to come for its device to take frames.
    private static void Ready(VirtualMachine vm)
    {
        vm.Platform.Pci.WriteMmio((PlatformLayout.NetworkSlot << 15) + 4, 2, 6);
        VirtioNet card = vm.Virtio.Network!;
        card.Negotiation.Accept(1, 1);
        card.WriteStatus(DeviceStatus.Acknowledge | DeviceStatus.Driver);
        card.WriteStatus(DeviceStatus.FeaturesOk);
        card.WriteStatus(DeviceStatus.DriverOk);
    }

    private static void Send(TestMachine machine, SwitchPort from, SwitchPort to) =>
        machine.VmHost.Network!.Switch.Send(from, SwitchBench.Frame(to.Address, from.Address));

    private static string Line(TestMachine machine, int index)
    {
        var text = new TextBuilder(new char[100]);
        machine.Overview.WriteVmDevice(1, index, ref text);
        return text.Text.ToString();
    }
}
