using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Processor;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed unsafe class ExitHandlerTests
{
    private const ulong Dirty = 0xDEAD_BEEF_0000_0000;
    private const ulong TrapFlag = 0x100;
    private const ulong ResumeFlag = 0x1_0000;

    private readonly ExitGuest _guest = new();

    [Fact]
    public void Handle_Cpuid_FillsFourRegistersAndClearsTheirUpperHalves()
    {
        _guest.Registers->Rax = Dirty;
        _guest.Registers->Rbx = Dirty | 1;
        _guest.Registers->Rcx = Dirty | 2;
        _guest.Registers->Rdx = Dirty | 3;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Cpuid, nextRip: 0x1002));

        Assert.Equal(0xDul, _guest.Registers->Rax);
        Assert.Equal(0x6874_7541ul, _guest.Registers->Rbx);
        Assert.Equal(0x444D_4163ul, _guest.Registers->Rcx);
        Assert.Equal(0x6974_6E65ul, _guest.Registers->Rdx);
        Assert.Equal(0x1002ul, _guest.Cpu.Rip);
    }

    [Theory]
    [InlineData("0F A2", 2)]
    [InlineData("2E 0F A2", 3)]
    [InlineData("66 0F A2", 3)]
    [InlineData("F3 48 0F A2", 4)]
    [InlineData("66 66 66 66 2E 2E 2E 2E F3 F3 48 0F A2", 13)]
    public void Handle_CpuidWithoutNextRip_AdvancesByTheInstructionsTrueLength(string code, int length)
    {
        _guest.Place(code);

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Cpuid));
        Assert.Equal(ExitGuest.CodeAddress + (ulong)length, _guest.Cpu.Rip);
        Assert.Empty(_guest.Cpu.Exceptions);
    }

    [Fact]
    public void Handle_CpuidOutsideRam_RaisesGeneralProtectionAndChangesNothing()
    {
        _guest.Cpu.Rip = 0x1000_0000;
        _guest.Registers->Rbx = 7;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Cpuid));

        Assert.Equal([(ExceptionVector.GeneralProtection, 0u)], _guest.Cpu.Exceptions);
        Assert.Equal((0x1000_0000ul, 7ul), (_guest.Cpu.Rip, _guest.Registers->Rbx));
    }

    [Fact]
    public void Handle_CompletedInstruction_EndsTheInterruptShadowAndClearsResumeFlag()
    {
        _guest.Cpu.InterruptShadow = true;
        _guest.Cpu.Rflags = 2 | ResumeFlag;

        _guest.Handle(ExitReason.Cpuid, nextRip: 0x1002);

        Assert.False(_guest.Cpu.InterruptShadow);
        Assert.Equal(2ul, _guest.Cpu.Rflags);
        Assert.Empty(_guest.Cpu.Exceptions);
    }

    [Fact]
    public void Handle_CompletedInstructionWithTrapFlag_RaisesSingleStep()
    {
        _guest.Cpu.Rflags = 2 | TrapFlag;

        _guest.Handle(ExitReason.Cpuid, nextRip: 0x1002);

        Assert.Equal([(ExceptionVector.Debug, 0u)], _guest.Cpu.Exceptions);
        Assert.NotEqual(0ul, _guest.Cpu.Dr6 & 1ul << 14);
        Assert.Equal(0x1002ul, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_FaultingInstruction_KeepsRipShadowAndSingleStep()
    {
        _guest.Cpu.Rflags = 2 | TrapFlag;
        _guest.Cpu.InterruptShadow = true;
        _guest.Registers->Rcx = 0xDEAD;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Msr, nextRip: 0x1002));

        Assert.Equal([(ExceptionVector.GeneralProtection, 0u)], _guest.Cpu.Exceptions);
        Assert.Equal(ExitGuest.CodeAddress, _guest.Cpu.Rip);
        Assert.True(_guest.Cpu.InterruptShadow);
    }

    [Fact]
    public void Handle_Rdmsr_SplitsTheValueAndClearsUpperHalves()
    {
        _guest.Registers->Rcx = Dirty | 0x277;
        _guest.Registers->Rax = Dirty;
        _guest.Registers->Rdx = Dirty;

        _guest.Handle(ExitReason.Msr, nextRip: 0x1002);

        Assert.Equal(0x0007_0406ul, _guest.Registers->Rax);
        Assert.Equal(0x0007_0406ul, _guest.Registers->Rdx);
        Assert.Equal(0x1002ul, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_Wrmsr_JoinsEdxAndEaxOnly()
    {
        _guest.Registers->Rcx = 0x277;
        _guest.Registers->Rax = Dirty | 0x0001_0406;
        _guest.Registers->Rdx = Dirty | 0x0606_0606;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(new VmExit { Reason = ExitReason.Msr, IsWrite = true, NextRip = 0x1002 }));

        Assert.Equal(0x0606_0606_0001_0406ul, _guest.Cpu.Pat);
        Assert.Equal(0x1002ul, _guest.Cpu.Rip);
    }

    [Theory]
    [InlineData(1, 0xFFFF_FFFF_FFFF_FF78ul)]
    [InlineData(2, 0xFFFF_FFFF_FFFF_5678ul)]
    [InlineData(4, 0x0000_0000_1234_5678ul)]
    public void Handle_In_MergesItsWidthAsAProcessorDoes(int size, ulong expected)
    {
        _guest.Registers->Rax = ulong.MaxValue;

        ExitOutcome outcome = _guest.Handle(new VmExit { Reason = ExitReason.PortIo, Port = ExitGuest.DevicePort, Size = (byte)size, NextRip = 0x1001 });

        Assert.Equal(ExitOutcome.Resume, outcome);
        Assert.Equal(expected, _guest.Registers->Rax);
        Assert.Equal(0x1001ul, _guest.Cpu.Rip);
    }

    [Theory]
    [InlineData(1, 0x1122_3344_5566_77FFul)]
    [InlineData(2, 0x1122_3344_5566_FFFFul)]
    [InlineData(4, 0x0000_0000_FFFF_FFFFul)]
    public void Handle_InFromNobody_ReadsOnes(int size, ulong expected)
    {
        _guest.Registers->Rax = 0x1122_3344_5566_7788;

        _guest.Handle(new VmExit { Reason = ExitReason.PortIo, Port = 0xED00, Size = (byte)size, NextRip = 0x1001 });

        Assert.Equal(expected, _guest.Registers->Rax);
    }

    [Theory]
    [InlineData(1, 0x88u)]
    [InlineData(2, 0x7788u)]
    [InlineData(4, 0x5566_7788u)]
    public void Handle_Out_GivesItsWidthToTheDevice(int size, uint expected)
    {
        _guest.Registers->Rax = 0x1122_3344_5566_7788;

        ExitOutcome outcome = _guest.Handle(
            new VmExit { Reason = ExitReason.PortIo, Port = ExitGuest.DevicePort + 4, Size = (byte)size, IsWrite = true, NextRip = 0x1001 });

        Assert.Equal(ExitOutcome.Resume, outcome);
        Assert.Equal(((ushort)(ExitGuest.DevicePort + 4), size, expected), _guest.Device.LastWrite);
        Assert.Equal(0x1122_3344_5566_7788ul, _guest.Registers->Rax);
        Assert.Equal(0x1001ul, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_OutToNobody_IsLost()
    {
        Assert.Equal(ExitOutcome.Resume, _guest.Handle(new VmExit { Reason = ExitReason.PortIo, Port = 0x80, Size = 1, IsWrite = true, NextRip = 0x1001 }));
        Assert.Equal(0x1001ul, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_OutThatPowersOff_StopsTheVm()
    {
        _guest.Registers->Rax = 0x5FF;

        ExitOutcome outcome = _guest.Handle(
            new VmExit { Reason = ExitReason.PortIo, Port = ExitGuest.DevicePort, Size = 2, IsWrite = true, NextRip = 0x1001 });

        Assert.Equal(ExitOutcome.Stop, outcome);
        Assert.Equal((StopKind.PoweredOff, "powered off"), (_guest.Stop.Kind, _guest.Reason));
    }

    [Fact]
    public void Handle_Outs_GoesThroughTheEmulator()
    {
        _guest.Place("6E"); // OUTSB
        _guest.Ram.Write(0x2000, 0x42);
        _guest.Registers->Rsi = 0x2000;
        _guest.Registers->Rdx = ExitGuest.DevicePort;

        ExitOutcome outcome = _guest.Handle(
            new VmExit { Reason = ExitReason.PortIo, Port = ExitGuest.DevicePort, Size = 1, IsWrite = true, IsString = true, NextRip = 0x1001 });

        Assert.Equal(ExitOutcome.Resume, outcome);
        Assert.Equal((ExitGuest.DevicePort, 1, 0x42u), _guest.Device.LastWrite);
        Assert.Equal(0x2001ul, _guest.Registers->Rsi);
        Assert.Equal(0x1001ul, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_Halt_WaitsBehindTheInstruction()
    {
        _guest.Place("F4");
        _guest.Cpu.InterruptShadow = true;

        Assert.Equal(ExitOutcome.Halt, _guest.Handle(ExitReason.Halt));
        Assert.Equal(0x1001ul, _guest.Cpu.Rip);
        Assert.False(_guest.Cpu.InterruptShadow);
    }

    [Theory]
    [InlineData("F4", true, true, ExitOutcome.Halt, 0x1001ul)]
    [InlineData("F4", false, true, ExitOutcome.Yield, 0x1000ul)]
    [InlineData("F4", true, false, ExitOutcome.Yield, 0x1000ul)]
    [InlineData("90", true, true, ExitOutcome.Yield, 0x1000ul)]
    public void Handle_ExternalInterruptBehindSti_DoesTheHaltOnlyIfItsShadowWouldBeLost(string code, bool shadow, bool forgets, ExitOutcome expected, ulong rip)
    {
        _guest.Place(code);
        _guest.Cpu.InterruptShadow = shadow;
        _guest.Cpu.ForgetsShadows = forgets;

        Assert.Equal(expected, _guest.Handle(ExitReason.ExternalInterrupt));
        Assert.Equal(rip, _guest.Cpu.Rip);
        Assert.Equal(shadow && expected == ExitOutcome.Yield, _guest.Cpu.InterruptShadow);
    }

    [Fact]
    public void Handle_HaltWithTrapFlag_TakesTheTrapInsteadOfWaiting()
    {
        // The single-step trap is an event that ends HLT (AMD APM vol. 3, HLT: an exception does).
        _guest.Cpu.Rflags = 2 | TrapFlag;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Halt, nextRip: 0x1001));
        Assert.Equal([(ExceptionVector.Debug, 0u)], _guest.Cpu.Exceptions);
    }

    [Theory]
    [InlineData(ExitReason.Hypercall)]
    [InlineData(ExitReason.ForbiddenInstruction)]
    [InlineData(ExitReason.MonitorWait)]
    public void Handle_InstructionThatIsNotOffered_RaisesInvalidOpcode(ExitReason reason)
    {
        Assert.Equal(ExitOutcome.Resume, _guest.Handle(reason, nextRip: 0x1003));
        Assert.Equal([(ExceptionVector.InvalidOpcode, 0u)], _guest.Cpu.Exceptions);
        Assert.Equal(ExitGuest.CodeAddress, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_PerformanceCounter_RaisesGeneralProtection()
    {
        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.PerformanceCounter, nextRip: 0x1002));
        Assert.Equal([(ExceptionVector.GeneralProtection, 0u)], _guest.Cpu.Exceptions);
    }

    [Fact]
    public void Handle_CacheFlush_IsSteppedOver()
    {
        _guest.Place("0F 09");

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.CacheFlush));
        Assert.Equal(0x1002ul, _guest.Cpu.Rip);
    }

    [Theory]
    [InlineData(ExitReason.ExternalInterrupt)]
    [InlineData(ExitReason.Nmi)]
    [InlineData(ExitReason.Init)]
    public void Handle_PhysicalEvent_YieldsWithoutTouchingTheGuest(ExitReason reason)
    {
        Assert.Equal(ExitOutcome.Yield, _guest.Handle(reason));
        Assert.Equal(ExitGuest.CodeAddress, _guest.Cpu.Rip);
    }

    [Fact]
    public void Handle_InterruptWindow_TakesTheRequestBack()
    {
        _guest.Cpu.RequestInterruptWindow(3);

        Assert.Equal(ExitOutcome.Window, _guest.Handle(ExitReason.InterruptWindow));
        Assert.False(_guest.Cpu.WindowRequested);
    }

    [Fact]
    public void Handle_InterceptedException_ReachesTheGuest()
    {
        Assert.Equal(ExitOutcome.Resume, _guest.Handle(new VmExit { Reason = ExitReason.Exception, Vector = 17, ErrorCode = 0 }));
        Assert.Equal([(ExceptionVector.AlignmentCheck, 0u)], _guest.Cpu.Exceptions);
    }

    [Fact]
    public void Handle_MachineCheck_StopsTheVm()
    {
        Assert.Equal(ExitOutcome.Stop, _guest.Handle(new VmExit { Reason = ExitReason.Exception, Vector = 18 }));
        Assert.Equal((StopKind.Crashed, "machine check while the guest ran, RIP 0x1000"), (_guest.Stop.Kind, _guest.Reason));
    }

    [Fact]
    public void Handle_TripleFault_SaysSo()
    {
        Assert.Equal(ExitOutcome.Stop, _guest.Handle(ExitReason.Shutdown));
        Assert.Equal(StopKind.TripleFault, _guest.Stop.Kind);
        Assert.Equal("triple fault: the guest could not handle an exception, RIP 0x1000", _guest.Reason);
    }

    [Fact]
    public void Handle_RefusedGuestState_SaysSo()
    {
        _guest.Cpu.Cr4 = 0x8000_0020;

        Assert.Equal(ExitOutcome.Stop, _guest.Handle(ExitReason.InvalidGuestState));
        Assert.Equal((StopKind.Crashed, "the processor refused the guest's state, CR4 0x80000020"), (_guest.Stop.Kind, _guest.Reason));
    }

    [Fact]
    public void Handle_UnknownReason_NamesTheExitCode()
    {
        Assert.Equal(ExitOutcome.Stop, _guest.Handle(new VmExit { Reason = ExitReason.Unknown, Qualification = 0x40F }));
        Assert.Equal(StopKind.Crashed, _guest.Stop.Kind);
        Assert.EndsWith("exit code 0x40f", _guest.Reason);
    }

    [Fact]
    public void Handle_FetchOutsideMemory_SaysWhere()
    {
        ExitOutcome outcome = _guest.Handle(new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = 0xABC0_0000, IsFetch = true });

        Assert.Equal(ExitOutcome.Stop, outcome);
        Assert.Equal("executes at guest address 0xabc00000, where there is no memory (RIP 0x1000)", _guest.Reason);
    }

    [Fact]
    public void Handle_PageTablesOutsideMemory_SaysWhere()
    {
        ExitOutcome outcome = _guest.Handle(new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = 0xABC0_0000, IsPageWalk = true });

        Assert.Equal(ExitOutcome.Stop, outcome);
        Assert.Equal("keeps its page tables at guest address 0xabc00000, where there is no memory (RIP 0x1000)", _guest.Reason);
    }

    [Fact]
    public void Handle_InstructionThatCannotBeEmulated_IsNamed()
    {
        _guest.Place("0F 6F 00"); // MOVQ MM0, [RAX]

        Assert.Equal(ExitOutcome.Stop, _guest.Handle(new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = 0xFED0_0000 }));
        Assert.Equal(StopKind.Crashed, _guest.Stop.Kind);
        Assert.Contains("(0f6f00)", _guest.Reason);
        Assert.EndsWith("at guest address 0xfed00000 (RIP 0x1000)", _guest.Reason);
    }

    [Theory]
    [InlineData("44 0F 22 C0", 5ul, 5, false)] // mov cr8, rax
    [InlineData("45 0F 22 C7", 15ul, 15, false)] // mov cr8, r15
    [InlineData("44 0F 22 C0", 16ul, 0, true)]
    [InlineData("44 0F 22 C0", 1ul << 32, 0, true)]
    public void Handle_MoveToCr8_SetsTheTaskPriority(string code, ulong value, int priority, bool isRefused)
    {
        _guest.Place(code);
        _guest.Registers->Rax = value;
        _guest.Registers->General[15] = value;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(new VmExit { Reason = ExitReason.ControlRegister, Vector = 8, IsWrite = true }));

        Assert.Equal(priority, _guest.Cpu.TaskPriority);
        Assert.Equal(isRefused ? 0x1000ul : 0x1004ul, _guest.Cpu.Rip);
        Assert.Equal(isRefused ? [(ExceptionVector.GeneralProtection, 0u)] : [], _guest.Cpu.Exceptions);
    }

    [Fact]
    public void Handle_MoveToCr8_ThatIsSomethingElseByNow_RunsAgain()
    {
        _guest.Place("90");

        Assert.Equal(ExitOutcome.Yield, _guest.Handle(new VmExit { Reason = ExitReason.ControlRegister, Vector = 8, IsWrite = true }));

        Assert.Equal((0x1000ul, 0), (_guest.Cpu.Rip, _guest.Cpu.Exceptions.Count));
    }

    [Fact]
    public void Handle_Xsetbv_WithoutOsXsave_RaisesInvalidOpcode()
    {
        _guest.Handle(ExitReason.Xsetbv, nextRip: 0x1003);
        Assert.Equal([(ExceptionVector.InvalidOpcode, 0u)], _guest.Cpu.Exceptions);
    }

    [Theory]
    [InlineData(0ul, 7ul, 0, true)]
    [InlineData(0ul, 5ul, 0, false)]
    [InlineData(1ul, 7ul, 0, false)]
    [InlineData(0ul, 7ul, 3, false)]
    [InlineData(0ul, 0xE7ul, 0, false)]
    public void Handle_Xsetbv_TakesOnlyWhatAProcessorTakes(ulong index, ulong value, int cpl, bool taken)
    {
        _guest.Cpu.Cr4 |= 1 << 18;
        _guest.Cpu.CplValue = cpl;
        _guest.Registers->Rcx = Dirty | index;
        _guest.Registers->Rax = Dirty | value;
        _guest.Registers->Rdx = Dirty;

        Assert.Equal(ExitOutcome.Resume, _guest.Handle(ExitReason.Xsetbv, nextRip: 0x1003));

        Assert.Equal(taken ? value : 1, _guest.Cpu.Xcr0);
        Assert.Equal(taken ? 0x1003ul : 0x1000ul, _guest.Cpu.Rip);
        Assert.Equal(taken ? 0 : 1, _guest.Cpu.Exceptions.Count);
    }
}
