using System;
using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
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

    private static readonly byte[] s_file = GC.AllocateArray<byte>(4 << 20, pinned: true);

    [Fact]
    public void EveryVm_HasAConsole_AndEntropyOnlyWhereThereIsSome()
    {
        using var machine = new TestMachine(Configuration);
        Assert.Equal(0x1043_1AF4u, DeviceAt(machine.Vms[0], PlatformLayout.ConsoleSlot));
        Assert.Equal(0xFFFF_FFFFu, DeviceAt(machine.Vms[0], PlatformLayout.EntropySlot));
        Assert.Equal(0xFFFF_FFFFu, DeviceAt(machine.Vms[0], PlatformLayout.FirstDiskSlot));
    }

    [Fact]
    public void Disks_TakeMemoryOfTheirSize_AndGiveItBack()
    {
        using var ram = new HostRam(8ul << 20);
        ram.Pool.AddRange(ram.Start, 8ul << 20);
        using var machine = new TestMachine(Configuration);
        VirtioDevices devices = WithDisks(machine, 2 << 20, 3 << 20, out VirtualPlatform platform);
        Assert.Equal(0x1042_1AF4u, (uint)platform.Pci.ReadMmio(PlatformLayout.FirstDiskSlot << 15, 4));
        Assert.Equal(0x1042_1AF4u, (uint)platform.Pci.ReadMmio((PlatformLayout.FirstDiskSlot + 1) << 15, 4));
        ulong free = ram.Pool.FreeBytes;
        for (int round = 0; round < 3; round++)
        {
            Assert.True(TryTake(devices, ram, out _));
            Assert.Equal(free - (5ul << 20), ram.Pool.FreeBytes);
            devices.ReleaseMemory();
            Assert.Equal(free, ram.Pool.FreeBytes);
        }
    }

    [Fact]
    public void Disks_ThatTheMachineHasNoMemoryFor_SayWhichAndHowMuch()
    {
        using var ram = new HostRam(4ul << 20);
        ram.Pool.AddRange(ram.Start, 4ul << 20);
        using var machine = new TestMachine(Configuration);
        VirtioDevices devices = WithDisks(machine, 1 << 20, 4 << 20, out _);
        ulong free = ram.Pool.FreeBytes;
        Assert.False(TryTake(devices, ram, out string why));
        Assert.Equal(@"disk = \img\b.img needs 4M of memory, and the machine has 3M free; stop another VM or lower memory in hypercore.conf", why);
        Assert.Equal(free, ram.Pool.FreeBytes);
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
        Assert.Equal(VirtualTimer.Never, vm.Platform.Timers.NextDeadline);
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

    private static bool TryTake(VirtioDevices devices, HostRam ram, out string why)
    {
        var text = new TextBuilder(new char[300]);
        bool taken = devices.TryTakeMemory(ram.Pool, ref text);
        why = text.Text.ToString();
        return taken;
    }

    private static unsafe VirtioDevices WithDisks(TestMachine machine, int first, int second, out VirtualPlatform platform)
    {
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        Assert.True(ConfigParser.Parse(Encoding.UTF8.GetBytes(Configuration + "\ndisk = \\img\\a.img\ndisk = \\img\\b.img"), config, diagnostics));
        var files = new BootFiles(config[0]);
        fixed (byte* file = s_file)
        {
            files.SetDisk(0, new FileContent(file, first));
            files.SetDisk(1, new FileContent(file, second));
        }

        var clock = new GuestClock(machine.Host.Clock);
        GuestConsole console = machine.Vms[0].Console;
        platform = new VirtualPlatform(clock, console, new FakePower(), TestApicPage.Create());
        return new VirtioDevices(platform, new GuestMemory(), clock, config[0], files, console, entropy: null);
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
        while (console.TryTakeLine(out ReadOnlySpan<char> line))
        {
            lines.Add(line.ToString());
        }

        return lines;
    }
}
