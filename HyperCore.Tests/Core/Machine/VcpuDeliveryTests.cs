using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using HyperCore.Tests.Paging;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>A vCPU whose processor takes interrupts out of the local APIC by itself.</summary>
public sealed unsafe class VcpuDeliveryTests
{
    private const ulong InterruptFlag = 0x200;

    private readonly int[] _attention = GC.AllocateArray<int>(1, pinned: true);
    private readonly FakeVirtualProcessor _cpu = new(deliversInterrupts: true);
    private readonly VirtualPlatform _platform;
    private readonly NestedPageTable _nested;
    private readonly ApicAccessPage _page;
    private readonly Vcpu _vcpu;

    public VcpuDeliveryTests()
    {
        var stop = new StopReason();
        var power = new GuestPower(stop);
        var host = FakeHostProcessor.Epyc();
        var guestClock = new GuestClock(new FakeClock());
        var frames = new CountingFrames();
        _nested = new NestedPageTable(frames, has1G: false);
        _page = new ApicAccessPage(frames, _nested);
        fixed (int* attention = _attention)
        {
            _platform = new VirtualPlatform(guestClock, new GuestConsole(), power, _cpu.ApicRegisters);
            var access = new PlatformAccess(new SpinLock(), _platform.LocalApicPage);
            var cpuid = new CpuidPolicy(host, 0, 1);
            var msrs = new MsrPolicy(_cpu, _platform.LocalApic, _platform.Clocks[0], new MtrrState(), host, cpuid, access);
            var emulator = new Emulator(new FakeGuestMemory().Memory, _platform.Devices);
            var handler = new ExitHandler(_cpu, _platform.Devices, emulator, cpuid, msrs, power, stop, access);
            _vcpu = new Vcpu(_cpu, _platform.LocalApic, _platform.Pics, handler, _platform.LocalApicTimers[0], access)
            {
                Clock = _platform.Clocks[0],
                Msrs = msrs,
                ApicPage = _page,
            };
            _vcpu.Attach(0, attention);
        }

        Assert.True(_nested.Create());
        _page.Create();
        _page.Show();
        _platform.Reset();
        _vcpu.Reset();
        _cpu.EnterLongMode();
        _cpu.Rflags = 2 | InterruptFlag;
    }

    private LocalApic Apic => _platform.LocalApic;

    private ApicRegisterPage Registers => _cpu.ApicRegisters;

    private bool IsPageMapped => _nested.TryTranslate(PlatformLayout.LocalApicBase, out ulong at, out _) && at == _page.HostPhysical;

    [Fact]
    public void Run_PendingInterrupt_IsLeftToTheProcessor()
    {
        Raise(0x41);
        Enter();

        Assert.True(Registers.Contains(ApicRegister.InterruptRequest, 0x41));
        Assert.Equal(ApicAccess.Page, _cpu.Access);
        Assert.Empty(_cpu.Interrupts);
        Assert.False(_cpu.WindowRequested);
    }

    [Fact]
    public void Run_InterruptsOff_AsksForNoWindow()
    {
        _cpu.Rflags = 2;
        Raise(0x41);
        Enter();

        Assert.False(_cpu.WindowRequested);
    }

    [Fact]
    public void Run_InterruptOfThePic_IsInjectedThroughAWindow()
    {
        _cpu.Rflags = 2;
        Raise(0x41);
        RaisePic();
        Enter();
        Assert.True(_cpu.WindowRequested);
        Assert.Equal(16, _cpu.WindowPriority);

        _cpu.Rflags |= InterruptFlag;
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.InterruptWindow });
        Enter();
        Assert.Equal([(byte)0x24], _cpu.Interrupts);
        Assert.False(_cpu.WindowRequested);
        Assert.True(Registers.Contains(ApicRegister.InterruptRequest, 0x41));
    }

    [Fact]
    public void Run_Nmi_IsInjected()
    {
        Apic.SetLint1(true);
        Enter();

        Assert.Equal(1, _cpu.Nmis);
    }

    [Fact]
    public void Run_HaltWithAnInterruptWaiting_GoesOn()
    {
        Raise(0x41);
        Halt(ExitOutcome.Yield);

        Assert.False(_vcpu.Halted);
    }

    [Fact]
    public void Run_HaltBelowTheTaskPriority_SleepsOnUntilAHigherOneComes()
    {
        Registers[ApicRegister.TaskPriority] = 0x80;
        Registers[ApicRegister.ProcessorPriority] = 0x80;
        Raise(0x41);
        Halt(ExitOutcome.Halt);
        Assert.False(_vcpu.TryWake());

        Raise(0x91);
        Assert.True(_vcpu.HasWork);
        Assert.True(_vcpu.TryWake());
    }

    [Fact]
    public void Handle_EndOfInterrupt_ReachesTheIoApic()
    {
        _platform.IoApic.WriteMmio(0, 4, 0x10 + (2 * 5));
        _platform.IoApic.WriteMmio(0x10, 4, 0x8000 | 0x61);
        _platform.IoApic.SetPin(5, true);
        Enter();
        Registers.Remove(ApicRegister.InterruptRequest, 0x61);
        _platform.IoApic.SetPin(5, false);
        Assert.Equal(0xC061ul, _platform.IoApic.ReadMmio(0x10, 4));

        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.EndOfInterrupt, Vector = 0x61 });
        Enter();
        Assert.Equal(0x8061ul, _platform.IoApic.ReadMmio(0x10, 4));
    }

    [Fact]
    public void Handle_ApicWrite_DoesWhatTheRegisterDoes()
    {
        Registers[ApicRegister.InterruptCommandLow] = 0x4_0041;
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.ApicWrite, Qualification = ApicRegister.InterruptCommandLow });
        Enter();

        Assert.True(Registers.Contains(ApicRegister.InterruptRequest, 0x41));
    }

    [Fact]
    public void Run_X2ApicMode_TakesThePageAway()
    {
        Enter();
        Assert.True(IsPageMapped);
        Assert.True(Apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0C00));
        Enter();

        Assert.Equal(ApicAccess.Msrs, _cpu.Access);
        Assert.False(IsPageMapped);
        _page.Show();
        Assert.True(IsPageMapped);
    }

    [Fact]
    public void Run_LocalApicDisabled_TakesThePageAway()
    {
        Assert.True(Apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0000));
        Enter();

        Assert.Equal(ApicAccess.None, _cpu.Access);
        Assert.False(IsPageMapped);
    }

    private void Raise(byte vector) => Apic.WriteMmio(ApicRegister.InterruptCommandLow, 4, 0x4_0000u | vector);

    // IRQ 4.
    private void RaisePic()
    {
        foreach ((ushort port, uint value) in new (ushort, uint)[] { (0x20, 0x11), (0x21, 0x20), (0x21, 4), (0x21, 1), (0x21, 0xEF) })
        {
            _platform.Devices.FindPort(port)!.WritePort(port, 1, value);
        }

        _platform.Devices.FindPort(0x3FC)!.WritePort(0x3FC, 1, 8);
        _platform.Devices.FindPort(0x3F9)!.WritePort(0x3F9, 1, 2);
    }

    private void Halt(ExitOutcome outcome)
    {
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.Halt, NextRip = 1 });
        Assert.Equal(outcome, _vcpu.Run());
    }

    private void Enter()
    {
        _cpu.Exits.Enqueue(new VmExit { Reason = ExitReason.ExternalInterrupt });
        Assert.Equal(ExitOutcome.Yield, _vcpu.Run());
    }
}
