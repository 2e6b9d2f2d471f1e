using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>VMs with several vCPUs on one and on several pCPUs, step by step.</summary>
public sealed unsafe class SmpTests
{
    private const ulong CommandLow = 0x300;
    private const ulong CommandHigh = 0x310;
    private const uint Init = 0x4500;
    private const uint StartUp = 0x4600;
    private const ulong InterruptFlag = 0x200;

    private const string TwoVcpus = """
        [hypercore]
        timeout = none
        [vm a]
        kernel = \k
        memory = 4M
        cpus = 2

        """;

    private const string TwoVms = TwoVcpus + """
        [vm b]
        kernel = \k
        memory = 4M
        cpus = 2
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Start_SeveralVcpus_OnlyTheBootProcessorRuns(int pcpus)
    {
        using var machine = Started(TwoVcpus, pcpus);
        Assert.Contains("vm: a running cpus=2 memory=4M", machine.Lines);
        machine.Run(20);

        Assert.True(machine.AllCpus[0][0].Runs > 5);
        Assert.Equal(0, machine.AllCpus[0][1].Runs);
        Assert.True(machine.Vms[0][1].IsWaitingForSipi);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void StartUpIpi_AfterInit_StartsTheVcpuAtItsPage(int pcpus)
    {
        using var machine = Started(TwoVcpus, pcpus);
        machine.AllCpus[0][1].Registers->Rbx = 5;

        // As Linux does it: INIT, and the two start-up IPIs before the target had a chance to look.
        SendIpi(machine, 0, 1, Init);
        SendIpi(machine, 0, 1, 0x8500);
        SendIpi(machine, 0, 1, StartUp | 0x99);
        SendIpi(machine, 0, 1, StartUp | 0x98);
        machine.Run(30);

        FakeVirtualProcessor second = machine.AllCpus[0][1];
        Assert.Equal(1, second.Inits);
        Assert.True(second.Runs > 2);
        Segment code = second.GetSegment(SegmentRegister.Cs);
        Assert.Equal((0x9900, 0x99000ul, 0ul), (code.Selector, code.Base, second.Rip));
        Assert.False(machine.Vms[0][1].IsWaitingForSipi);
        if (pcpus > 1)
        {
            Assert.NotEqual(machine.Vms[0].Group[0].Pcpu, machine.Vms[0].Group[1].Pcpu);
        }
    }

    [Fact]
    public void Init_RunningVcpu_WaitsForStartUpAgain()
    {
        using var machine = WithTwoRunning(2);
        int runs = machine.AllCpus[0][1].Runs;
        SendIpi(machine, 0, 1, Init);
        machine.Run(20);

        Assert.Equal(2, machine.AllCpus[0][1].Inits);
        Assert.InRange(machine.AllCpus[0][1].Runs - runs, 0, 1);
        SendIpi(machine, 0, 1, StartUp | 0x10);
        machine.Run(20);
        Assert.True(machine.AllCpus[0][1].Runs > runs + 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ipi_HaltedVcpu_WakesAndTakesIt(int pcpus)
    {
        using var machine = WithTwoRunning(pcpus);
        Halt(machine, 1);
        machine.Run(10);
        Assert.True(machine.Vms[0][1].Halted);
        machine.AllCpus[0][1].Interrupts.Clear();
        machine.AllCpus[0][1].WhenIdle = machine.Interrupted;

        SendIpi(machine, 0, 1, 0x4041);
        machine.Run(10);

        Assert.Equal([(byte)0x41], machine.AllCpus[0][1].Interrupts);
        Assert.False(machine.Vms[0][1].Halted);
    }

    [Fact]
    public void Ipi_VcpuOnAnotherPcpu_InterruptsThatPcpu()
    {
        using var machine = WithTwoRunning(2);
        int pcpu = machine.Vms[0].Group[1].Pcpu;
        Assert.Equal(1, pcpu);
        int kicks = machine.Host.FakePcpu(pcpu).Kicks;

        SendIpi(machine, 0, 1, 0x4055);
        Assert.Equal(kicks + 1, machine.Host.FakePcpu(pcpu).Kicks);
        machine.Run(2);
        Assert.Contains((byte)0x55, machine.AllCpus[0][1].Interrupts);
    }

    [Fact]
    public void IpiToAllOthers_OfEveryKind_ReachesThem()
    {
        using var machine = WithTwoRunning(2);
        SendIpi(machine, 0, 0, 0xC_4047);
        machine.Run(3);
        Assert.Contains((byte)0x47, machine.AllCpus[0][1].Interrupts);
        Assert.DoesNotContain((byte)0x47, machine.AllCpus[0][0].Interrupts);

        SendIpi(machine, 0, 0, 0xC_4400); // NMI
        machine.Run(3);
        Assert.Equal((0, 1), (machine.AllCpus[0][0].Nmis, machine.AllCpus[0][1].Nmis));

        SendIpi(machine, 1, 0, 0x4_4058); // self
        machine.Run(3);
        Assert.Contains((byte)0x58, machine.AllCpus[0][1].Interrupts);
        SendIpi(machine, 1, 0, 0x8_4069); // all, the sender too
        machine.Run(3);
        Assert.Contains((byte)0x69, machine.AllCpus[0][1].Interrupts);
    }

    [Fact]
    public void LocalApicPage_EachVcpu_FindsItsOwn()
    {
        using var machine = WithTwoRunning(2);
        LocalApicWindow page = machine.Vms[0].Platform.LocalApicPage;
        page.Current = machine.Vms[0].Platform.LocalApics[1];
        Assert.Equal(1ul << 24, page.ReadMmio(0x20, 4));
        page.Current = machine.Vms[0].Platform.LocalApics[0];
        Assert.Equal(0ul, page.ReadMmio(0x20, 4));
    }

    [Fact]
    public void LocalApicTimer_HaltedVcpu_WakesItInTime()
    {
        using var machine = WithTwoRunning(2);
        Halt(machine, 0);
        VirtualMachine vm = machine.Vms[0];
        vm.Enter();
        vm.Platform.LocalApics[1].WriteMmio(0x320, 4, 0x4_0066);
        vm.Leave();
        ulong deadline = vm[1].Clock.Tsc + 50_000_000;
        ulong due = machine.Host.FakeClock.Now + 50_000_000;
        FakeVirtualProcessor cpu = machine.AllCpus[0][1];
        cpu.Registers->Rcx = 0x6E0;
        cpu.Registers->Rax = (uint)deadline;
        cpu.Registers->Rdx = deadline >> 32;
        cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.Msr, IsWrite = true, NextRip = 1 });
        Halt(machine, 1);
        machine.AllCpus[0][1].Interrupts.Clear();
        for (int i = 0; i < 100 && machine.AllCpus[0][1].Interrupts.Count == 0; i++)
        {
            machine.Run();
        }

        Assert.Equal([(byte)0x66], machine.AllCpus[0][1].Interrupts);
        Assert.InRange(machine.Host.FakeClock.Now, due, due + 5_000_000);
    }

    [Fact]
    public void TripleFault_OfAnyVcpu_EndsTheVmOnAllPcpus()
    {
        using var machine = WithTwoRunning(2);
        machine.Lines.Clear();
        machine.AllCpus[0][1].Rip = 0x77;
        machine.AllCpus[0][1].Exits.Enqueue(new VmExit { Reason = ExitReason.Shutdown });
        machine.Run(3);

        Assert.Contains("vm: a failed reason=\"triple fault: the guest could not handle an exception, RIP 0x77\"", machine.Lines);
        Assert.False(machine.Vms[0].IsAlive);
        int runs = machine.AllCpus[0][0].Runs;
        machine.Run(5);
        Assert.Equal(runs, machine.AllCpus[0][0].Runs);
    }

    [Fact]
    public void TwoVcpus_EndTheVmAtOnce_TheFirstReasonStays()
    {
        using var machine = WithTwoRunning(2);
        machine.Lines.Clear();
        machine.AllCpus[0][0].Rip = 0x10;
        machine.AllCpus[0][0].Exits.Enqueue(new VmExit { Reason = ExitReason.InvalidGuestState });
        machine.AllCpus[0][1].Exits.Enqueue(new VmExit { Reason = ExitReason.Shutdown });
        machine.Turn(1);
        machine.Run(3);

        Assert.Single(machine.Lines, line => line.StartsWith("vm: a failed", StringComparison.Ordinal));
        Assert.StartsWith("triple fault", machine.Vms[0].StopReason.Text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HaltWithInterruptsOff_EndsTheVmOnlyWhenItIsTheLast()
    {
        using var machine = WithTwoRunning(2);
        machine.AllCpus[0][1].Rflags = 2;
        machine.AllCpus[0][1].Exits.Enqueue(new VmExit { Reason = ExitReason.Halt, NextRip = 1 });
        machine.Run(5);
        Assert.True(machine.Vms[0].IsAlive);
        Assert.True(machine.Vms[0][1].HaltedForGood);

        machine.AllCpus[0][0].Rflags = 2;
        machine.AllCpus[0][0].Exits.Enqueue(new VmExit { Reason = ExitReason.Halt, NextRip = 1 });
        machine.Run(5);
        Assert.False(machine.Vms[0].IsAlive);
        Assert.Equal("halted with interrupts off: nothing can wake it, RIP 0x1", machine.Vms[0].StopReason.Text.ToString());
    }

    [Fact]
    public void Reset_PutsAllVcpusBackToTheBeginning()
    {
        using var machine = WithTwoRunning(2);
        machine.Out(0, 0xCF9, 1, 6);
        machine.Run(2);

        Assert.True(machine.Vms[0].IsAlive);
        Assert.True(machine.Vms[0][1].IsWaitingForSipi);
        int runs = machine.AllCpus[0][1].Runs;
        machine.Run(10);
        Assert.Equal(runs, machine.AllCpus[0][1].Runs);
    }

    [Fact]
    public void Spinning_OnOnePcpu_YieldsToTheOther()
    {
        using var machine = WithTwoRunning(1);
        machine.Run(30);
        FakeVirtualProcessor first = machine.AllCpus[0][0];
        FakeVirtualProcessor second = machine.AllCpus[0][1];
        first.WhenIdle = () =>
        {
            machine.Host.FakeClock.Advance(1000);
            return new VmExit { Reason = ExitReason.Pause, NextRip = 1 };
        };
        int spins = first.Runs;
        int runs = second.Runs;
        machine.Run(60);

        // Each spin of the first gives the rest of its slice away.
        Assert.True(second.Runs - runs > 20, $"{first.Runs - spins} spins, {second.Runs - runs} runs");
    }

    [Fact]
    public void Pause_TimeStandsStillForTheGuest()
    {
        using var machine = WithTwoRunning(2);
        VirtualMachine vm = machine.Vms[0];
        machine.Hotkey();
        machine.Type(0x19, 0x99); // p
        Assert.Equal(VmState.Paused, vm.State);
        ulong tsc = vm[1].Clock.Tsc;
        ulong now = vm[1].Clock.Now;
        ulong uptime = vm.Uptime;
        vm.Enter();
        LocalApic apic = vm.Platform.LocalApics[1];
        apic.WriteMmio(0x320, 4, 0x66);
        apic.WriteMmio(0x3E0, 4, 0xB);
        apic.WriteMmio(0x380, 4, 10_000_000);
        vm.Leave();
        machine.Host.FakeClock.Advance(60_000_000_000);
        machine.Run(5);

        Assert.Equal((tsc, now, uptime), (vm[1].Clock.Tsc, vm[1].Clock.Now, vm.Uptime));
        Assert.Equal(VirtualTimer.Never, vm[1].Deadline);
        machine.Type(0x19, 0x99);
        Assert.InRange(vm[1].Clock.Tsc, tsc, tsc + 10_000_000);
        Assert.Equal(machine.AllCpus[0][0].TscOffset, machine.AllCpus[0][1].TscOffset);
        Assert.Equal(vm[0].Clock.TscOffset, machine.AllCpus[0][0].TscOffset);
        Assert.InRange(vm[1].Deadline, machine.Host.FakeClock.Now, machine.Host.FakeClock.Now + 10_000_000);
    }

    [Fact]
    public void Switch_EveryVcpu_FlushesItsTranslationsBeforeItRunsOn()
    {
        using var machine = new TestMachine(TwoVcpus, hasScreen: true, pcpus: 2);
        machine.Supervisor.Start();
        machine.Open(0);
        StartSecond(machine);
        int[] flushes = [machine.AllCpus[0][0].TlbFlushes, machine.AllCpus[0][1].TlbFlushes];
        machine.Hotkey();
        machine.Run(10);

        Assert.True(machine.AllCpus[0][0].TlbFlushes > flushes[0]);
        Assert.True(machine.AllCpus[0][1].TlbFlushes > flushes[1]);
    }

    [Fact]
    public void ExtendedState_IsSavedBeforeAnotherPcpuMayRunTheVcpu()
    {
        using var machine = Started(TwoVms, 2);
        machine.Hotkey();
        machine.Open(1);
        StartSecond(machine);
        machine.Run(500);

        foreach (FakeVirtualProcessor[] vm in machine.AllCpus)
        {
            foreach (FakeVirtualProcessor cpu in vm)
            {
                Assert.InRange(cpu.Loads - cpu.Saves, 0, 1);
            }
        }
    }

    [Fact]
    public void StartAndStop_TwoHundredTimes_LeaksNothing()
    {
        using var machine = new TestMachine(TwoVms, hasScreen: true, pcpus: 2);
        machine.Supervisor.Start();
        ulong free = machine.FreeMemory;
        for (int i = 0; i < 200; i++)
        {
            machine.Open(i & 1);
            Assert.True(machine.FreeMemory < free);
            StartSecond(machine, i & 1);
            machine.Hotkey();
            machine.Type(0x1F, 0x9F, 0x1F, 0x9F); // s twice: nobody listens to the power button
            Assert.Equal(free, machine.FreeMemory);
            Assert.Equal((0, 0), (machine.Vms[0].NestedFrames, machine.Vms[1].NestedFrames));
        }
    }

    [Fact]
    public void Stop_GuestThatListens_IsAskedFirstAndStoppedAtTheSecondTime()
    {
        using var machine = Listening();
        machine.Type(0x1F, 0x9F); // s
        Assert.True(machine.Vms[0].IsAlive);
        Assert.NotEqual(0u, machine.Vms[0].Platform.AcpiPm.ReadPort(0x600, 2) & AcpiPm.PowerButtonStatus);
        machine.Type(0x1F, 0x9F);

        Assert.False(machine.Vms[0].IsAlive);
        Assert.Contains("vm: a stopped reason=\"stopped from the menu\"", machine.Lines);
    }

    [Fact]
    public void Stop_GuestThatListensAndDoesNothing_IsStoppedAfterAWhile()
    {
        using var machine = Listening();
        Halt(machine, 0);
        machine.Type(0x1F, 0x9F);
        ulong asked = machine.Host.FakeClock.Now;
        for (int i = 0; i < 1000 && machine.Vms[0].IsAlive; i++)
        {
            machine.Run();
        }

        Assert.False(machine.Vms[0].IsAlive);
        Assert.InRange(machine.Host.FakeClock.Now - asked, 10_000_000_000ul, 20_000_000_000ul);
    }

    [Fact]
    public void Stop_GuestThatShutsDown_StaysOffWhateverItsConfigurationSays()
    {
        using var machine = Listening("on-poweroff = restart\n");
        machine.Type(0x1F, 0x9F);
        machine.Out(0, 0x604, 2, 0x3400);
        machine.Run(3);

        Assert.False(machine.Vms[0].IsAlive);
        Assert.Contains("vm: a stopped reason=\"powered off\"", machine.Lines);
    }

    [Fact]
    public void MachineOverview_CountsAllVcpus()
    {
        using var machine = WithTwoRunning(2);
        machine.Run(50);
        machine.Overview.GetVmStatus(0, out VmStatus status);

        Assert.Equal(2, status.Processors);
        Assert.Equal(machine.Vms[0][0].Counters.Total + machine.Vms[0][1].Counters.Total, status.Exits);
        Assert.True(machine.Vms[0].ProcessorTime > 0);
    }

    private static TestMachine Started(string configuration, int pcpus)
    {
        var machine = new TestMachine(configuration, pcpus: pcpus);
        machine.Supervisor.Start();
        machine.Open(0);
        foreach (FakeVirtualProcessor[] vm in machine.AllCpus)
        {
            foreach (FakeVirtualProcessor cpu in vm)
            {
                Assert.Equal(0, cpu.Inits);
            }
        }

        return machine;
    }

    /// <summary>A VM in the foreground whose two vCPUs run, take interrupts, and have their local APICs switched on.</summary>
    private static TestMachine WithTwoRunning(int pcpus)
    {
        TestMachine machine = Started(TwoVcpus, pcpus);
        StartSecond(machine);
        return machine;
    }

    private static void StartSecond(TestMachine machine, int vm = 0)
    {
        machine.Run();
        SendIpi(machine, 0, 1, Init, vm);
        SendIpi(machine, 0, 1, StartUp | 0x10, vm);
        machine.Run(2);
        for (int i = 0; i < 20 && machine.Vms[vm][1].IsWaitingForSipi; i++)
        {
            machine.Run();
        }

        machine.Vms[vm].Enter();
        for (int i = 0; i < 2; i++)
        {
            machine.AllCpus[vm][i].Rflags = 2 | InterruptFlag;
            machine.Vms[vm].Platform.LocalApics[i].WriteMmio(0xF0, 4, 0x1FF);
        }

        machine.Vms[vm].Leave();
        machine.Run(2);
    }

    private static TestMachine Listening(string setting = "")
    {
        TestMachine machine = Started(TwoVcpus + setting, 2);
        machine.Vms[0].Platform.AcpiPm.WritePort(0x602, 2, AcpiPm.PowerButtonStatus);
        machine.Hotkey();
        return machine;
    }

    private static void Halt(TestMachine machine, int vcpu)
    {
        FakeVirtualProcessor cpu = machine.AllCpus[0][vcpu];
        cpu.Rflags = 2 | InterruptFlag;
        cpu.WhenIdle = () => new VmExit { Reason = ExitReason.Halt, NextRip = 1 };
        machine.Run(3);
    }

    private static void SendIpi(TestMachine machine, int from, uint to, uint command, int vm = 0)
    {
        VirtualMachine target = machine.Vms[vm];
        target.Enter();
        target.Platform.LocalApics[from].WriteMmio(CommandHigh, 4, to << 24);
        target.Platform.LocalApics[from].WriteMmio(CommandLow, 4, command);
        target.Leave();
    }
}
