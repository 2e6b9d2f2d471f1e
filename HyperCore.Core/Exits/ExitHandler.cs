using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Emulation;
using HyperCore.Core.Machine;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Exits;

/// <summary>
/// What happens at an exit: one small method a reason. A handler completes the guest's instruction, gives it the fault that a real
/// processor would raise, or stops the VM with a reason that a person can read. It never allocates and never logs.
/// </summary>
public sealed unsafe partial class ExitHandler
{
    private const ulong TrapFlag = 1ul << 8;
    private const ulong ResumeFlag = 1ul << 16;

    // DR6.BS (AMD APM vol. 2, 13.1.1.3).
    private const ulong SingleStep = 1ul << 14;

    private readonly VirtualProcessor _cpu;
    private readonly GuestRegisters* _registers;
    private readonly DeviceMap _devices;
    private readonly Emulator _emulator;
    private readonly CpuidPolicy _cpuid;
    private readonly MsrPolicy _msrs;
    private readonly GuestPower _power;
    private readonly StopReason _stop;
    private readonly PlatformAccess _platform;

    /// <summary>Creates the handler of one vCPU.</summary>
    public ExitHandler(
        VirtualProcessor cpu,
        DeviceMap devices,
        Emulator emulator,
        CpuidPolicy cpuid,
        MsrPolicy msrs,
        GuestPower power,
        StopReason stop,
        PlatformAccess platform)
    {
        _platform = platform;
        _cpu = cpu;
        _registers = cpu.Registers;
        _devices = devices;
        _emulator = emulator;
        _cpuid = cpuid;
        _msrs = msrs;
        _power = power;
        _stop = stop;
    }

    /// <summary>RAM that the guest has not touched yet; null when all of it is mapped.</summary>
    public RamMapping? Ram { get; init; }

    // Another vCPU has ended the VM, and its reason stays.
    private bool HasEnded => _stop.Kind != StopKind.None;

    /// <summary>Handles one exit.</summary>
    public ExitOutcome Handle(ref VmExit exit)
    {
        switch (exit.Reason)
        {
            case ExitReason.PortIo:
                return HandlePortIo(ref exit);
            case ExitReason.MemoryFault:
                return HandleMemoryFault(ref exit);
            case ExitReason.Msr:
                return HandleMsr(ref exit);
            case ExitReason.Cpuid:
                return HandleCpuid(ref exit);
            case ExitReason.ExternalInterrupt:
                return _cpu.LosesInterruptShadow ? FinishShadow(ref exit) : ExitOutcome.Yield;
            case ExitReason.Nmi:
                return ExitOutcome.Yield;
            case ExitReason.InterruptWindow:
                return HandleInterruptWindow();
            case ExitReason.Halt:
                return HandleHalt(ref exit);
            default:
                return HandleRare(ref exit);
        }
    }

    /// <summary>The boot processor sent itself INIT: without firmware to start again in, that is a reset of the machine.</summary>
    public ExitOutcome ResetByInit()
    {
        // Called with the VM's lock held.
        _power.Reset("INIT");
        return ExitOutcome.Stop;
    }

    private ExitOutcome HandleInterruptWindow()
    {
        _cpu.CancelInterruptWindow();
        return ExitOutcome.Window;
    }

    // With TF set the trap behind HLT comes at once: there is nothing to wait for.
    private ExitOutcome HandleHalt(ref VmExit exit) => Retire(ref exit) && !_cpu.EventPending ? ExitOutcome.Halt : ExitOutcome.Resume;

    // STI and HLT go together: an interrupt taken between them would find its work done too early, and the HLT would wait for the next one.
    private ExitOutcome FinishShadow(ref VmExit exit)
    {
        FetchResult fetched = _emulator.Decode(_cpu);
        if (fetched == FetchResult.Done && _emulator.Instruction.Code == Code.Hlt && _cpu.Cpl == 0)
        {
            exit.NextRip = _emulator.NextRip(_cpu);
            return HandleHalt(ref exit);
        }

        return ExitOutcome.Yield;
    }

    private ExitOutcome HandleCpuid(ref VmExit exit)
    {
        if (!Retire(ref exit))
        {
            return ExitOutcome.Resume;
        }

        GuestRegisters* registers = _registers;
        uint place = _cpuid.Locate((uint)registers->Rax);
        if (!CpuidPolicy.IsFixed(place))
        {
            return HandleStatefulCpuid();
        }

        ref readonly CpuidResult entry = ref _cpuid.Fixed(place);

        registers->Rax = entry.Eax;
        registers->Rbx = entry.Ebx;
        registers->Rcx = entry.Ecx;
        registers->Rdx = entry.Edx;
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleStatefulCpuid()
    {
        var leaf = (uint)_registers->Rax;
        ulong xcr0 = leaf == CpuidPolicy.ExtendedStateLeaf ? _cpu.Xcr0 : 0;
        CpuidResult result = _cpuid.Lookup(leaf, (uint)_registers->Rcx, _cpu.Cr4, xcr0);
        _registers->Rax = result.Eax;
        _registers->Rbx = result.Ebx;
        _registers->Rcx = result.Ecx;
        _registers->Rdx = result.Edx;
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleMsr(ref VmExit exit) => exit.IsWrite ? HandleMsrWrite(ref exit) : HandleMsrRead(ref exit);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ExitOutcome HandleMsrWrite(ref VmExit exit)
    {
        GuestRegisters* registers = _registers;
        if (!_msrs.TryWrite((uint)registers->Rcx, (uint)registers->Rax | (registers->Rdx << 32)))
        {
            return Fault(ExceptionVector.GeneralProtection);
        }

        Retire(ref exit);
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleMsrRead(ref VmExit exit)
    {
        GuestRegisters* registers = _registers;
        if (!_msrs.TryRead((uint)registers->Rcx, out ulong value))
        {
            return Fault(ExceptionVector.GeneralProtection);
        }

        if (Retire(ref exit))
        {
            registers->Rax = (uint)value;
            registers->Rdx = value >> 32;
        }

        return ExitOutcome.Resume;
    }

    private ExitOutcome HandlePortIo(ref VmExit exit)
    {
        _platform.Enter();
        ExitOutcome outcome = AccessPort(ref exit);
        _platform.Leave();
        return outcome;
    }

    private ExitOutcome AccessPort(ref VmExit exit)
    {
        if (exit.IsString)
        {
            return AfterEmulation(_emulator.EmulateStringIo(_cpu), ref exit);
        }

        Device? device = _devices.FindPort(exit.Port);
        if (exit.IsWrite)
        {
            Retire(ref exit);
            device?.WritePort(exit.Port, exit.Size, (uint)(_registers->Rax & WidthMask(exit.Size)));
            return _power.Requested ? ExitOutcome.Stop : ExitOutcome.Resume;
        }

        ulong mask = WidthMask(exit.Size);
        ulong value = (device == null ? uint.MaxValue : device.ReadPort(exit.Port, exit.Size)) & mask;

        // A 32-bit result clears the upper half of RAX, a shorter one keeps the rest.
        _registers->Rax = exit.Size == 4 ? value : (_registers->Rax & ~mask) | value;
        Retire(ref exit);
        return ExitOutcome.Resume;
    }

    private ExitOutcome HandleMemoryFault(ref VmExit exit)
    {
        _platform.Enter();
        ExitOutcome outcome = AccessMemory(ref exit);
        _platform.Leave();
        return outcome;
    }

    private ExitOutcome AccessMemory(ref VmExit exit)
    {
        if (Ram != null && Ram.TryAnswer(exit.GuestPhysical))
        {
            return ExitOutcome.Resume;
        }

        if (!exit.IsPageWalk && !exit.IsFetch)
        {
            return AfterEmulation(_emulator.EmulateMmio(_cpu, exit), ref exit);
        }

        if (HasEnded)
        {
            return ExitOutcome.Stop;
        }

        TextBuilder text = _stop.Begin(StopKind.Crashed);
        text.Append(exit.IsFetch ? "executes at guest address 0x" : "keeps its page tables at guest address 0x");
        text.AppendHex(exit.GuestPhysical);
        text.Append(", where there is no memory (RIP 0x");
        text.AppendHex(_cpu.Rip);
        text.Append(')');
        _stop.Finish(text);
        return ExitOutcome.Stop;
    }

    private ExitOutcome AfterEmulation(EmulationResult result, ref VmExit exit)
    {
        if (result == EmulationResult.Unsupported && HasEnded)
        {
            return ExitOutcome.Stop;
        }

        if (result == EmulationResult.Unsupported)
        {
            TextBuilder text = _stop.Begin(StopKind.Crashed);
            _emulator.DescribeUnsupported(_cpu, exit, ref text);
            text.Append(" (RIP 0x");
            text.AppendHex(_cpu.Rip);
            text.Append(')');
            _stop.Finish(text);
            return ExitOutcome.Stop;
        }

        return _power.Requested ? ExitOutcome.Stop : ExitOutcome.Resume;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WidthMask(int size) => size == 4 ? 0xFFFF_FFFF : size == 2 ? 0xFFFFul : 0xFF;

    private ExitOutcome Fault(ExceptionVector vector, uint errorCode = 0)
    {
        _cpu.InjectException(vector, errorCode);
        return ExitOutcome.Resume;
    }

    /// <summary>Moves RIP behind the instruction that caused the exit, as retiring it does: interrupt shadow, RF and single step included.</summary>
    /// <returns>False when the instruction could not be fetched; the fault is then set to be delivered.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Retire(ref VmExit exit)
    {
        if (exit.NextRip == 0 && !TryFindNextRip(ref exit))
        {
            return false;
        }

        if (_cpu.Retire(exit.NextRip))
        {
            RetireFlags();
        }

        return true;
    }

    private bool TryFindNextRip(ref VmExit exit)
    {
        FetchResult fetched = _emulator.Decode(_cpu);
        if (fetched == FetchResult.Done)
        {
            exit.NextRip = _emulator.NextRip(_cpu);
            return true;
        }

        if (fetched == FetchResult.NotMemory)
        {
            _cpu.InjectException(ExceptionVector.GeneralProtection);
        }

        return false;
    }

    private void RetireFlags()
    {
        ulong flags = _cpu.Rflags;
        _cpu.Rflags = flags & ~ResumeFlag;
        if ((flags & TrapFlag) != 0)
        {
            _cpu.Dr6 |= SingleStep;
            _cpu.InjectException(ExceptionVector.Debug);
        }
    }
}
