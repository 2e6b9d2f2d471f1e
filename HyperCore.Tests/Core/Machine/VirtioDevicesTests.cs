using System.Collections.Generic;
using HyperCore.Core.Machine;
using HyperCore.Core.Platform;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>The virtio devices of a VM, and how console output of two devices becomes lines.</summary>
public sealed class VirtioDevicesTests
{
    private const string Configuration = """
        [vm a]
        kernel = \k
        memory = 4M
        """;

    [Fact]
    public void EveryVm_HasAConsole_AndEntropyOnlyWhereThereIsSome()
    {
        using var machine = new TestMachine(Configuration);
        Assert.Equal(0x1043_1AF4u, DeviceAt(machine.Vms[0], PlatformLayout.ConsoleSlot));
        Assert.Equal(0xFFFF_FFFFu, DeviceAt(machine.Vms[0], PlatformLayout.EntropySlot));
        Assert.Equal(0xFFFF_FFFFu, DeviceAt(machine.Vms[0], PlatformLayout.FirstDiskSlot));
    }

    [Fact]
    public void TypedBytes_GoToCom1_WhileNobodyReadsTheConsole()
    {
        using var machine = new TestMachine(Configuration);
        VirtualMachine vm = machine.Vms[0];
        Assert.False(vm.Platform.Uart.IsListening);
        Assert.True(vm.TryReceiveSerial((byte)'x'));
        Assert.False(vm.TryReceiveSerial((byte)'y'));
        Assert.Equal((uint)'x', vm.Platform.Uart.ReadPort(0x3F8, 1) & 0xFF);
        vm.Platform.Uart.WritePort(0x3F9, 1, 1);
        Assert.True(vm.Platform.Uart.IsListening);
    }

    [Fact]
    public void Lines_OfTwoDevices_AreNotMixed()
    {
        using var machine = new TestMachine(Configuration);
        VirtualMachine vm = machine.Vms[0];
        var lines = new LineOutput(vm.Console, machine.Host.Clock, vm.Platform.Timers);
        Write(vm.Console, "first\n");
        Write(lines, "from ");
        Write(vm.Console, "prompt# ");
        Write(lines, "hvc0\nmo");
        Assert.Equal(["first", "prompt# ", "from hvc0"], Take(vm.Console));

        // What is not continued is passed on, and the rest is put behind it.
        Assert.True(vm.Platform.Timers.NextDeadline <= machine.Host.Clock.Now + 100_000_000);
        vm.Platform.Timers.FireDue(vm.Platform.Timers.NextDeadline);
        Assert.Empty(Take(vm.Console));
        Write(lines, "re\n");
        Assert.Equal(["more"], Take(vm.Console));
        Write(lines, "lost");
        lines.Discard();
        Assert.Equal(HyperCore.Core.Time.VirtualTimer.Never, vm.Platform.Timers.NextDeadline);
    }

    [Fact]
    public void Console_HasRoomForAsMuchAsDoesNotHoldUpTheVm()
    {
        using var machine = new TestMachine(Configuration);
        GuestConsole console = machine.Vms[0].Console;
        var lines = new LineOutput(console, machine.Host.Clock, machine.Vms[0].Platform.Timers);
        int written = 0;
        while (lines.Room > 0)
        {
            lines.Write((byte)'x');
            written++;
        }

        Assert.InRange(written, 3000, 4096);
        while (console.Room > 0)
        {
            console.Write((byte)'x');
        }

        Assert.True(console.IsCongested);
        Assert.Equal(0, lines.Room);
    }

    private static uint DeviceAt(VirtualMachine vm, int slot) => (uint)vm.Platform.Pci.ReadMmio((ulong)slot << 15, 4);

    private static void Write(HyperCore.Core.Devices.SerialOutput output, string text)
    {
        foreach (char character in text)
        {
            output.Write((byte)character);
        }
    }

    private static List<string> Take(GuestConsole console)
    {
        var lines = new List<string>();
        while (console.TryTakeLine(out System.ReadOnlySpan<char> line))
        {
            lines.Add(line.ToString());
        }

        return lines;
    }
}
