using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class MachineOverviewTests
{
    private const ulong Second = 1_000_000_000;

    private const string OneVm = "[hypercore]\ntimeout = none\n[vm a]\nkernel = \\k\nmemory = 8M\ncpus = 2\n";

    [Fact]
    public void Rate_OfACounter_IsPerSecond()
    {
        var rate = default(Rate);
        rate.Sample(1000, Second, isNew: true);
        Assert.Equal(1000UL, rate.PerSecond);
        rate.Sample(1500, 2 * Second, isNew: false);
        Assert.Equal(250UL, rate.PerSecond);
        rate.Sample(30, Second / 2, isNew: false);
        Assert.Equal(60UL, rate.PerSecond);
        rate.Sample(3000, 3 * Second, isNew: true);
        Assert.Equal(1000UL, rate.PerSecond);
        rate.Sample(3000, 0, isNew: false);
        Assert.Equal(0UL, rate.PerSecond);
        rate.Sample(ulong.MaxValue, Second, isNew: false);
        Assert.True(rate.PerSecond > 1UL << 60);
    }

    [Fact]
    public void Overview_RunningVm_HasItsLoadAndExitRate()
    {
        // The guest exits once in a millisecond, and does nothing else.
        using TestMachine machine = Running();
        machine.Overview.GetVmStatus(0, out VmStatus status);
        Assert.InRange(status.CpuPercent, 90, 101);
        Assert.InRange(status.ExitRate, 900UL, 1100UL);

        machine.Overview.GetTotals(out MachineTotals totals);
        Assert.Equal((1, 1), (totals.Processors, totals.Running));
        Assert.Equal(8UL << 20, totals.GuestMemory);
        Assert.Equal((status.CpuPercent, status.ExitRate), (totals.CpuPercent, totals.ExitRate));

        ExitShare[] shares = new ExitShare[4];
        Assert.Equal(1, machine.Overview.GetExitShares(0, shares));
        Assert.Equal(ExitReason.ExternalInterrupt, shares[0].Reason);
        Assert.Equal((status.Exits, status.ExitRate), (shares[0].Count, shares[0].Rate));
    }

    [Fact]
    public void Overview_Vcpus_AreToldApart()
    {
        using TestMachine machine = Running();
        machine.Overview.GetVcpuStatus(0, 0, out VcpuStatus first);
        machine.Overview.GetVcpuStatus(0, 1, out VcpuStatus second);
        Assert.Equal((VcpuState.WaitingForSipi, -1, 0), (second.State, second.Pcpu, second.CpuPercent));
        Assert.Contains(first.State, new[] { VcpuState.Running, VcpuState.Ready });
        Assert.Equal((0, ExitReason.ExternalInterrupt), (first.Pcpu, first.LastExit));
        Assert.InRange(first.CpuPercent, 90, 100);

        char[] buffer = new char[80];
        var words = new TextBuilder(buffer);
        Assert.True(machine.Overview.GetTraceCount(0, 0) > 100);
        machine.Overview.WriteTrace(0, 0, 0, ref words);
        Assert.Equal("Host interrupt", words.Text.ToString());

        machine.Vms[0].Pause();
        machine.Overview.GetVcpuStatus(0, 1, out second);
        Assert.Equal(VcpuState.Paused, second.State);
        machine.Vms[0].Stop();
        machine.Overview.GetVcpuStatus(0, 1, out second);
        Assert.Equal(VcpuState.Off, second.State);
    }

    [Fact]
    public void Overview_MoreReasonsThanFit_AreTheMostFrequent()
    {
        using TestMachine machine = Running();
        ExitCounters counters = machine.Vms[0][1].Counters;
        for (int i = 0; i < 5000; i++)
        {
            counters.Count(ExitReason.PortIo);
        }

        counters.Count(ExitReason.Halt);
        counters.Count(ExitReason.Halt);
        counters.Count(ExitReason.Cpuid);
        ExitShare[] shares = new ExitShare[3];
        Assert.Equal(3, machine.Overview.GetExitShares(0, shares));
        Assert.Equal([ExitReason.PortIo, ExitReason.ExternalInterrupt, ExitReason.Halt], Array.ConvertAll(shares, share => share.Reason));
    }

    [Fact]
    public void Overview_WhatAVmWrites_IsKeptInTheBackgroundToo()
    {
        using TestMachine machine = Running();
        Assert.Equal("menu", machine.Foreground);
        machine.WriteSerial(0, "hello\r\ndemo login: ");
        machine.Run(1000);
        machine.WriteSerial(0, "r\u00C3\u00BCdi\r\nPassword:");
        machine.Run(1000);

        LineHistory console = machine.Overview.GetVmConsole(0)!;
        Assert.Equal(3, console.Count);
        Assert.Equal("hello", console.GetLine(0, out _).ToString());
        Assert.Equal("demo login: rüdi", console.GetLine(1, out _).ToString());
        Assert.Equal("Password:", console.GetLine(2, out _).ToString());
    }

    [Fact]
    public void Overview_VmThatListensToPowerButton_SaysSoAndHowLongItStillHas()
    {
        using TestMachine machine = Running();
        machine.Overview.GetVmStatus(0, out VmStatus status);
        Assert.False(status.CanShutDown);
        machine.Vms[0].Platform.AcpiPm.WritePort(0x602, 2, 1u << 8);
        machine.Overview.GetVmStatus(0, out status);
        Assert.True(status.CanShutDown);
        Assert.False(status.IsStopping);
        machine.Type(0x1F, 0x9F); // s
        machine.Overview.GetVmStatus(0, out status);
        Assert.True(status.IsStopping);
        Assert.InRange(status.StopsIn, 10 * Second, 15 * Second);
    }

    /// <summary>A VM that has run for three seconds and more behind the open menu.</summary>
    private static TestMachine Running()
    {
        var machine = new TestMachine(OneVm);
        machine.Supervisor.Start();
        machine.Open(0);
        machine.Hotkey();
        ulong end = machine.Host.Clock.Now + (3 * Second);
        while (machine.Host.Clock.Now < end)
        {
            machine.Run();
        }

        return machine;
    }
}
