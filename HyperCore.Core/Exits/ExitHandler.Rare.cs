using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Exits;

/// <summary>The exits that a guest causes seldom, only on some processors, or only when something is wrong.</summary>
public sealed unsafe partial class ExitHandler
{
    private const ulong Cr4OsXsave = 1ul << 18;
    private const int TaskPriorityRegister = 8;
    private const ulong HighestTaskPriority = 15;

    private ExitOutcome HandleRare(ref VmExit exit)
    {
        switch (exit.Reason)
        {
            case ExitReason.ApicWrite:
                return HandleApicWrite((uint)exit.Qualification);
            case ExitReason.EndOfInterrupt:
                return HandleEndOfInterrupt(exit.Vector);
            case ExitReason.Exception:
                return HandleException(ref exit);
            case ExitReason.Xsetbv:
                return HandleXsetbv(ref exit);
            case ExitReason.CacheFlush:
                // RAM is coherent and no device of this VM bypasses the caches: nothing is left to write back.
                Retire(ref exit);
                return ExitOutcome.Resume;
            case ExitReason.Pause:
                Retire(ref exit);
                return ExitOutcome.Yield;
            case ExitReason.NmiWindow:
                _cpu.EndNmi();
                return ExitOutcome.Resume;
            case ExitReason.Hypercall:
            case ExitReason.ForbiddenInstruction:
            case ExitReason.MonitorWait:
                // CPUID shows none of them.
                return Fault(ExceptionVector.InvalidOpcode);
            case ExitReason.ControlRegister when exit.IsWrite && exit.Vector == TaskPriorityRegister:
                return HandleMoveToCr8(ref exit);
            case ExitReason.PerformanceCounter:
            case ExitReason.ControlRegister:
                return Fault(ExceptionVector.GeneralProtection);
            case ExitReason.Init:
                return ExitOutcome.Yield;
            case ExitReason.Shutdown:
                Describe(StopKind.TripleFault, "triple fault: the guest could not handle an exception, RIP 0x", _cpu.Rip);
                return ExitOutcome.Stop;
            case ExitReason.InvalidGuestState:
                DescribeRefusal();
                return ExitOutcome.Stop;
            case ExitReason.TaskSwitch:
                Describe(StopKind.Crashed, "switches tasks by hardware, which HyperCore does not carry out on this processor, RIP 0x", _cpu.Rip);
                return ExitOutcome.Stop;
            default:
                Describe(StopKind.Crashed, "left guest mode for a reason that HyperCore does not know, exit code 0x", exit.Qualification);
                return ExitOutcome.Stop;
        }
    }

    private ExitOutcome HandleApicWrite(uint offset)
    {
        _platform.Enter();
        _platform.LocalApic.OnRegisterWritten(offset);
        _platform.Leave();
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleEndOfInterrupt(byte vector)
    {
        _platform.Enter();
        _platform.LocalApic.OnInterruptEnded(vector);
        _platform.Leave();
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleException(ref VmExit exit)
    {
        var vector = (ExceptionVector)exit.Vector;
        if (vector == ExceptionVector.MachineCheck)
        {
            Describe(StopKind.Crashed, "machine check while the guest ran, RIP 0x", _cpu.Rip);
            return ExitOutcome.Stop;
        }

        // Intercepted only to break endless delivery: the guest gets it.
        return Fault(vector, exit.ErrorCode);
    }

    private ExitOutcome HandleXsetbv(ref VmExit exit)
    {
        if ((_cpu.Cr4 & Cr4OsXsave) == 0)
        {
            return Fault(ExceptionVector.InvalidOpcode);
        }

        ulong value = (uint)_registers->Rax | (_registers->Rdx << 32);
        if (_cpu.Cpl != 0 || (uint)_registers->Rcx != 0 || !Xcr0Policy.IsValid(value, _cpuid.GuestXcr0))
        {
            return Fault(ExceptionVector.GeneralProtection);
        }

        if (Retire(ref exit))
        {
            _cpu.Xcr0 = value;
        }

        return ExitOutcome.Resume;
    }

    // The vCPU's loop finds the new priority as it finds one that was set without an exit.
    private ExitOutcome HandleMoveToCr8(ref VmExit exit)
    {
        if (!TryFindNextRip(ref exit))
        {
            return ExitOutcome.Resume;
        }

        ref readonly Instruction instruction = ref _emulator.Instruction;
        Register source = instruction.Op1Register;
        ulong value;
        switch (instruction.Code)
        {
            case Code.Mov_cr_r64:
                value = _registers->General[source - Register.RAX];
                break;
            case Code.Mov_cr_r32:
                // LOCK MOV CR0, outside of 64-bit mode (AMD APM vol. 3, "MOV CRn").
                value = (uint)_registers->General[source - Register.EAX];
                break;
            default:
                // Another vCPU has written over it meanwhile: it runs as what it is now.
                return ExitOutcome.Yield;
        }

        if (value > HighestTaskPriority)
        {
            return Fault(ExceptionVector.GeneralProtection);
        }

        if (Retire(ref exit))
        {
            _cpu.TaskPriority = (int)value;
        }

        return ExitOutcome.Resume;
    }

    private void DescribeRefusal()
    {
        _platform.Enter();
        if (!HasEnded)
        {
            TextBuilder text = _stop.Begin(StopKind.Crashed);
            text.Append("the processor refused the guest's state");
            if (_cpu.Refusal is { } rule)
            {
                text.Append(" (");
                text.Append(rule);
                text.Append(')');
            }

            text.Append(", CR4 0x");
            text.AppendHex(_cpu.Cr4);
            _stop.Finish(text);
        }

        _platform.Leave();
    }

    private void Describe(StopKind kind, string what, ulong value)
    {
        _platform.Enter();
        if (!HasEnded)
        {
            TextBuilder text = _stop.Begin(kind);
            text.Append(what);
            text.AppendHex(value);
            _stop.Finish(text);
        }

        _platform.Leave();
    }
}
