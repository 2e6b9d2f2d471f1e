using System;
using System.Linq;
using HyperCore.Core.Firmware;
using HyperCore.Core.Machine;
using HyperCore.Core.Platform;
using HyperCore.Tests.Firmware;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>The disk with a VM's settings, from the guest's flush to the firmware's variables.</summary>
public sealed class SettingsDiskTests
{
    private const string Configuration = """
        [hypercore]
        timeout = none
        [vm a]
        kernel = \k
        memory = 4M
        [vm b]
        kernel = \k
        memory = 4M
        settings = yes
        """;

    private readonly FakeVariables _variables = new();

    [Fact]
    public void OnlyThatVm_HasTheDisk()
    {
        using var machine = new TestMachine(Configuration, variables: _variables);
        Assert.Equal(0xFFFF_FFFFu, DeviceAt(machine.Vms[0]));
        Assert.Equal(0x1042_1AF4u, DeviceAt(machine.Vms[1]));
        Assert.Null(machine.Vms[0].Virtio.Settings);
    }

    [Fact]
    public void Flush_IsSavedByTheConsoleProcessor_AndReadAtTheNextStart()
    {
        using (TestMachine machine = Started(out SettingsDisk settings))
        {
            Assert.Contains("settings: b loaded bytes=0", machine.Lines);
            Write(settings, 1000, 100, 0x5A);
            Flush(machine, settings);
            Assert.Empty(_variables.Writes);
            machine.Run();
            Assert.False(settings.IsWaiting);
            Assert.False(settings.HasFailed);
            Assert.Equal(["Settings0", "Settings1", "SettingsSum"], _variables.Writes);
            Assert.Contains(machine.Lines, line => line.StartsWith("settings: b saved pieces=2 ms=", StringComparison.Ordinal));
        }

        using (TestMachine machine = Started(out SettingsDisk settings))
        {
            Assert.Contains("settings: b loaded bytes=1100", machine.Lines);
            Assert.Equal(0x5A, settings.Disk.Read(1000, 1)[0]);
        }
    }

    [Fact]
    public void WhatWasNotFlushed_IsGoneWhenTheVmIsStartedAgain()
    {
        using TestMachine machine = Started(out SettingsDisk settings);
        Write(settings, 0, 8192, 1);
        Flush(machine, settings);
        machine.Run();
        Write(settings, 0, 8192, 2);
        machine.Vms[1].Stop();
        Assert.True(machine.Vms[1].Start());
        Assert.Equal(1, settings.Disk.Read(0, 1)[0]);
    }

    [Fact]
    public void FirmwareRefuses_TheGuestGetsAnError_AndTheLogSaysWhy()
    {
        using TestMachine machine = Started(out SettingsDisk settings);
        _variables.FailAt = 0;
        _variables.Failure = VariableResult.OutOfSpace;
        Write(settings, 0, 1, 1);
        Flush(machine, settings);
        machine.Run();
        Assert.False(settings.IsWaiting);
        Assert.True(settings.HasFailed);
        Assert.Contains(
            "settings: b not saved reason=\"the firmware has no room for more variables; delete boot entries that are not needed in the firmware's set-up, or load its defaults there\"",
            machine.Lines);
        Flush(machine, settings);
        machine.Run();
        Assert.False(settings.HasFailed);
    }

    [Fact]
    public void ContentsThatCouldNotBeRead_AreNotReplaced()
    {
        _variables.Unreadable = "Settings4";
        using TestMachine machine = Started(out SettingsDisk settings);
        Assert.Contains(machine.Lines, line => line.StartsWith("settings: b not loaded, and nothing will be saved, reason=", StringComparison.Ordinal));
        Write(settings, 0, 1, 1);
        Flush(machine, settings);
        machine.Run();
        Assert.True(settings.HasFailed);
        Assert.Empty(_variables.Writes);
    }

    [Fact]
    public void WithoutVariables_ItIsADiskInMemory()
    {
        _variables.Reason = "no flash";
        using TestMachine machine = Started(out SettingsDisk settings);
        Assert.Contains("settings: b in memory only, lost when it is stopped, reason=\"no flash\"", machine.Lines);
        Write(settings, 0, 1, 1);
        Flush(machine, settings);
        Assert.False(settings.IsWaiting);
        Assert.False(settings.HasFailed);
    }

    [Fact]
    public void ManyFlushes_AreRationed_UnlessNothingHasChanged()
    {
        using TestMachine machine = Started(out SettingsDisk settings);
        for (int i = 0; i < SettingsSaver.Burst; i++)
        {
            Write(settings, 0, 1, (byte)(i + 1));
            Flush(machine, settings);
            machine.Run();
            Assert.False(settings.IsWaiting);

            // Nothing has changed: that costs nothing.
            Flush(machine, settings);
            machine.Run();
            Assert.False(settings.IsWaiting);
        }

        Write(settings, 0, 1, 0xFF);
        Flush(machine, settings);
        machine.Run();
        Assert.True(settings.IsWaiting);
        machine.Host.FakeClock.Advance(SettingsSaver.RefillTime);
        machine.Run();
        Assert.False(settings.IsWaiting);
        Assert.Equal([0xFF], _variables.Store[(VariableOwner.HyperCore, "Settings0")]);
    }

    [Fact]
    public void VmStopped_WhileAFlushWaits_SavesNothing()
    {
        using TestMachine machine = Started(out SettingsDisk settings);
        Write(settings, 0, 1, 1);
        Flush(machine, settings);
        machine.Vms[1].Stop();
        machine.Run();
        Assert.Empty(_variables.Writes);
    }

    private static uint DeviceAt(VirtualMachine vm) => (uint)vm.Platform.Pci.ReadMmio(PlatformLayout.SettingsSlot << 15, 4);

    private static void Write(SettingsDisk settings, int offset, int count, byte value)
    {
        while (count > 0)
        {
            Span<byte> room = settings.Disk.Write(offset, count);
            room.Fill(value);
            offset += room.Length;
            count -= room.Length;
        }
    }

    private static void Flush(TestMachine machine, SettingsDisk settings)
    {
        machine.Vms[1].Enter();
        settings.Begin();
        machine.Vms[1].Leave();
    }

    private static void Start(TestMachine machine)
    {
        machine.Open(1);
        Assert.True(machine.Vms[1].IsAlive, string.Join('\n', machine.Lines.TakeLast(3)));
    }

    private TestMachine Started(out SettingsDisk settings)
    {
        var machine = new TestMachine(Configuration, variables: _variables);
        machine.Supervisor.Start();
        Start(machine);
        settings = machine.Vms[1].Virtio.Settings!;
        return machine;
    }
}
