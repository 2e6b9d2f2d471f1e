using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>A vCPU between a back end that is plain fields and the real interrupt controllers.</summary>
public sealed unsafe class VcpuTests
{
    private const ulong InterruptFlag = 0x200;
    private const ulong Spurious = 0xF0;
    private const ulong EndOfInterrupt = 0xB0;

    private readonly int[] _attention = GC.AllocateArray<int>(1, pinned: true);
    private readonly FakeVirtualProcessor _cpu = new();
    private readonly StopReason _stop = new();
    private readonly FakeClock _clock = new();
    private readonly VirtualPlatform _platform;
    private readonly Vcpu _vcpu;

    public VcpuTests()
    {
        var power = new GuestPower(_stop);
        var host = FakeHostProcessor.Epyc();
        var guestClock = new GuestClock(_clock);
        fixed (int* attention = _attention)
        {
            _platform = new VirtualPlatform(guestClock, new GuestConsole(), power, _cpu.ApicRegisters);
            var access = new PlatformAccess(new SpinLock(), _platform.LocalApicPage);
            var cpuid = new CpuidPolicy(host, 0, 1);
            var msrs = new MsrPolicy(_cpu, _platform.LocalApic, _platform.Clocks[0], new MtrrState(), host, cpuid, access);
            var emulator = new Emulator(new FakeGuestMemory().Memory, _platform.Devices);
            var handler = new ExitHandler(_cpu, _platform.Devices, emulator, cpuid, msrs, power, _stop, access);
            _vcpu = new Vcpu(_cpu, _platform.LocalApic, _platform.Pics, handler, _platform.LocalApicTimers[0], access) { Clock = _platform.Clocks[0], Msrs = msrs };
            _vcpu.Attach(0, attention);
        }

        _platform.Reset();
        _vcpu.Reset();
        _cpu.EnterLongMode();
        _cpu.Rflags = 2 | InterruptFlag;
        Apic.WriteMmio(Spurious, 4, 0x1FF);
        _ = _platform.Timers.NextDeadline;
    }

    private LocalApic Apic => _platform.LocalApic;

    [Fact]
    public void Run_PendingInterruptAndFlagSet_IsInjectedAtTheNextEntry()
    {
        Raise(0x41);
        Enter();

        Assert.Equal([(byte)0x41], _cpu.Interrupts);
        Assert.False(_cpu.WindowRequested);
        Assert.False(Apic.PendingVector >= 0);
    }

    [Fact]
    public void Run_InterruptsOff_AsksForAWindowOfThatPriority()
    {
        _cpu.Rflags = 2;
        Raise(0x52);
        Raise(0x73);
        Enter();

        Assert.Empty(_cpu.Interrupts);
        Assert.True(_cpu.WindowRequested);
        Assert.Equal(7, _cpu.WindowPriority);
    }

    [Fact]
    public void Run_WindowOpens_TheInterruptIsInjected()
    {
        _cpu.Rflags = 2;
        Raise(0x41);
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.InterruptWindow });
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.ExternalInterrupt });
        _cpu.WhenIdle = null;
        FakeVirtualProcessor cpu = _cpu;
        cpu.Rflags = 2;
        RunWith(() => cpu.Rflags |= InterruptFlag);

        Assert.Equal([(byte)0x41], _cpu.Interrupts);
        Assert.False(_cpu.WindowRequested);
    }

    [Fact]
    public void Run_InterruptShadow_Waits()
    {
        _cpu.InterruptShadow = true;
        Raise(0x41);
        Enter();

        Assert.Empty(_cpu.Interrupts);
        Assert.True(_cpu.WindowRequested);
    }

    [Fact]
    public void Run_TwoInterrupts_HigherFirstThenAWindowForTheOther()
    {
        Raise(0x41);
        Raise(0x62);
        Enter();

        Assert.Equal([(byte)0x62], _cpu.Interrupts);

        // The other one is of a lower class than the one in service: nothing to ask for until the EOI.
        Assert.False(_cpu.WindowRequested);
        Apic.WriteMmio(EndOfInterrupt, 4, 0);
        Enter();
        Assert.Equal([(byte)0x62, (byte)0x41], _cpu.Interrupts);
    }

    [Fact]
    public void Run_HigherClassWhileTheLowerIsDelivered_AsksForAWindow()
    {
        Raise(0x41);
        Enter();
        _cpu.Rflags = 2;
        Raise(0x62);
        Enter();

        Assert.True(_cpu.WindowRequested);
        Assert.Equal(6, _cpu.WindowPriority);
    }

    [Fact]
    public void Run_ExternalInterrupt_ComesFromThePicWithHighestPriority()
    {
        ProgramPic();
        _cpu.Rflags = 2;
        _platform.Pics.SetLine(4, true);
        Raise(0x41);
        Enter();
        Assert.Equal(16, _cpu.WindowPriority); // above every CR8

        _cpu.Rflags |= InterruptFlag;
        Enter(ExitReason.InterruptWindow);
        Enter();
        Assert.Equal((byte)0x24, _cpu.Interrupts[0]);

        // The local APIC's own interrupt waits behind it.
        Assert.True(_cpu.WindowRequested || _cpu.Interrupts.Count == 2);
    }

    [Fact]
    public void Run_InterruptWithdrawnBeforeTheWindow_TakesTheRequestBack()
    {
        ProgramPic();
        _cpu.Rflags = 2;
        _platform.Pics.SetLine(4, true);
        Enter();
        Assert.True(_cpu.WindowRequested);

        _platform.Devices.FindPort(0x21)!.WritePort(0x21, 1, 0xFF);
        Apic.ServiceNeeded = true;
        Enter();
        Assert.False(_cpu.WindowRequested);
        Assert.Empty(_cpu.Interrupts);
    }

    [Fact]
    public void Run_Nmi_IsDeliveredWithInterruptsOff()
    {
        _cpu.Rflags = 2;
        Apic.SetLint1(true);
        Enter();

        Assert.Equal(1, _cpu.Nmis);
        Assert.False(Apic.NmiPending);
    }

    [Fact]
    public void Run_NmiInService_BlocksTheNextUntilItsIret()
    {
        Apic.SetLint1(true);
        Enter();
        Apic.SetLint1(false);
        Apic.SetLint1(true);
        Enter();
        Enter();
        Assert.Equal(1, _cpu.Nmis);

        Enter(ExitReason.NmiWindow);
        Enter();
        Assert.Equal(2, _cpu.Nmis);
    }

    [Fact]
    public void Run_NmiAndInterrupt_NmiFirst()
    {
        Apic.SetLint1(true);
        Raise(0x41);
        Enter();

        Assert.Equal(1, _cpu.Nmis);
        Assert.Empty(_cpu.Interrupts);
        Assert.True(_cpu.WindowRequested);
    }

    [Fact]
    public void Run_GuestWritesCr8_TheLocalApicFollows()
    {
        _cpu.TaskPriority = 5;
        Enter();
        Assert.Equal(0x50, Apic.TaskPriority);

        Raise(0x41);
        Enter();
        Assert.Empty(_cpu.Interrupts);

        // The guest may lower CR8 without an exit.
        Assert.True(_cpu.WindowRequested);
        Assert.Equal(4, _cpu.WindowPriority);
        _cpu.TaskPriority = 3;
        Enter(ExitReason.InterruptWindow);
        Enter();
        Assert.Equal([(byte)0x41], _cpu.Interrupts);
    }

    [Fact]
    public void Run_WindowThatOpensAtThePriorityOfCr8_IsNotAskedForAgain()
    {
        // As QEMU has it, where a virtual interrupt of the task priority's own class gets through: the guest must run on.
        _cpu.TaskPriority = 4;
        Enter();
        Raise(0x41);
        Enter();
        Assert.True(_cpu.WindowRequested);

        Enter(ExitReason.InterruptWindow);
        Assert.False(_cpu.WindowRequested);
        Enter();
        Assert.False(_cpu.WindowRequested);
        Assert.Empty(_cpu.Interrupts);

        _cpu.TaskPriority = 3;
        Enter();
        Enter();
        Assert.Equal([(byte)0x41], _cpu.Interrupts);
    }

    [Fact]
    public void Run_InitToItself_ResetsTheMachine()
    {
        Apic.WriteMmio(0x300, 4, 0x4500);
        Assert.Equal(ExitOutcome.Stop, _vcpu.Run());
        Assert.Equal("reset by INIT", _stop.Text.ToString());
    }

    [Fact]
    public void Run_GuestWritesTpr_Cr8Follows()
    {
        // MOV [RAX], EBX to the local APIC is carried out by the emulator; here the register is written as it would be.
        var exit = new VmExit { Reason = ExitReason.Msr, IsWrite = true, NextRip = 2 };
        Assert.True(Apic.TryWriteMsr(0x1B, 0xFEE0_0D00));
        _cpu.Registers->Rcx = 0x808;
        _cpu.Registers->Rax = 0x70;
        _cpu.Registers->Rdx = 0;
        Enter(exit);

        Assert.Equal(7, _cpu.TaskPriority);
        Assert.Equal(0x70, Apic.TaskPriority);
    }

    [Fact]
    public void Run_Halt_SleepsUntilAnInterrupt()
    {
        Assert.Equal(ExitOutcome.Halt, Enter(new VmExit { Reason = ExitReason.Halt, NextRip = 1 }, ExitOutcome.Halt));
        Assert.True(_vcpu.Halted);
        Assert.False(_vcpu.HaltedForGood);
        Assert.False(_vcpu.TryWake());

        Raise(0x41);
        Assert.True(_vcpu.TryWake());
        Enter();
        Assert.Equal([(byte)0x41], _cpu.Interrupts);
    }

    [Fact]
    public void Run_HaltWithAnInterruptWaiting_GoesOn()
    {
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.Halt, NextRip = 1 });
        FakeVirtualProcessor cpu = _cpu;
        LocalApic apic = Apic;
        cpu.Rflags = 2;
        Raise(0x41);
        Assert.Equal(ExitOutcome.Yield, RunWith(() => cpu.Rflags |= InterruptFlag, ExitReason.Halt));
        Assert.False(_vcpu.Halted);
        Assert.True(apic.PendingVector >= 0);
    }

    [Fact]
    public void Run_HaltBelowTheTaskPriority_SleepsOn()
    {
        _cpu.TaskPriority = 8;
        Enter();
        Raise(0x41);
        Enter(new VmExit { Reason = ExitReason.Halt, NextRip = 1 }, ExitOutcome.Halt);

        Assert.False(_vcpu.TryWake());
    }

    [Fact]
    public void Run_HaltWithInterruptsOff_IsForGoodUnlessAnNmiComes()
    {
        _cpu.Rflags = 2;
        Raise(0x41);
        Enter(new VmExit { Reason = ExitReason.Halt, NextRip = 1 }, ExitOutcome.Halt);

        Assert.True(_vcpu.HaltedForGood);
        Assert.False(_vcpu.TryWake());
        Apic.SetLint1(true);
        Assert.False(_vcpu.HaltedForGood);
        Assert.True(_vcpu.TryWake());
    }

    [Fact]
    public void Run_Attention_Yields()
    {
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.CacheFlush, NextRip = 2 });
        _attention[0] = 1;

        Assert.Equal(ExitOutcome.Yield, _vcpu.Run());
    }

    [Fact]
    public void Run_EveryExit_IsCountedAndTraced()
    {
        Enter(new VmExit { Reason = ExitReason.Cpuid, NextRip = 0x1002, Qualification = 0x72 });

        Assert.Equal(1ul, _vcpu.Counters[ExitReason.Cpuid]);
        Assert.Equal(2ul, _vcpu.Counters.Total);
        Assert.Equal(ExitReason.Cpuid, _vcpu.Trace[1].Reason);
        _vcpu.Reset();
        Assert.Equal((0ul, 0), (_vcpu.Counters.Total, _vcpu.Trace.Count));
    }

    [Fact]
    public void Reset_HaltedVcpu_Runs()
    {
        Enter(new VmExit { Reason = ExitReason.Halt, NextRip = 1 }, ExitOutcome.Halt);
        _vcpu.Reset();
        Assert.True(_vcpu.TryWake());
    }

    private void Raise(byte vector)
    {
        // A self IPI, fixed, edge.
        Apic.WriteMmio(0x300, 4, 0x4_0000u | vector);
    }

    private void ProgramPic()
    {
        foreach ((ushort port, uint value) in new (ushort, uint)[]
        {
            (0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, 1), (0x21, 0xEF), (0xA0, 0x11), (0xA1, 0x28), (0xA1, 2), (0xA1, 1), (0xA1, 0xFF),
        })
        {
            _platform.Devices.FindPort(port)!.WritePort(port, 1, value);
        }
    }

    /// <summary>Enters the guest once; it leaves for a physical interrupt.</summary>
    private void Enter(ExitReason reason = ExitReason.ExternalInterrupt) => Enter(new VmExit { Reason = reason });

    private ExitOutcome Enter(VmExit exit, ExitOutcome last = ExitOutcome.Yield)
    {
        _cpu.Exits.Enqueue(exit);
        if (last == ExitOutcome.Yield && exit.Reason != ExitReason.ExternalInterrupt)
        {
            _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.ExternalInterrupt });
        }

        ExitOutcome outcome = _vcpu.Run();
        Assert.Equal(last, outcome);
        _cpu.Exits.Clear();
        return outcome;
    }

    /// <summary>Runs with something that the guest does before its first exit.</summary>
    private ExitOutcome RunWith(Action guest, ExitReason reason = ExitReason.InterruptWindow)
    {
        _cpu.Exits.Clear();
        bool first = true;
        _cpu.WhenIdle = () =>
        {
            if (first)
            {
                first = false;
                guest();
                return new VmExit { Reason = reason, NextRip = 1 };
            }

            return new VmExit { Reason = ExitReason.ExternalInterrupt };
        };
        return _vcpu.Run();
    }
}
