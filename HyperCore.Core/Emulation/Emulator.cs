using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Carries out guest instructions that reached a device's memory, or that hardware left to software. Iced decodes them
/// (<see cref="DecodeCache"/>); one file for each family of instructions executes them. All objects are made here, once.
/// </summary>
public sealed unsafe class Emulator
{
    private readonly DeviceMap _devices;
    private readonly DecodeCache _cache;
    private readonly PhysicalBus _bus;
    private readonly EmulationContext _context;
    private readonly StringInstructions _strings;

    /// <summary>Creates the emulator of one VM.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="devices">Its devices.</param>
    /// <param name="physicalAddressBits">MAXPHYADDR as the guest sees it.</param>
    /// <param name="options">Whose instruction set to decode.</param>
    public Emulator(GuestMemory memory, DeviceMap devices, int physicalAddressBits = 52, DecoderOptions options = DecoderOptions.AMD)
    {
        _devices = devices;
        Walker = new GuestPageWalker(memory, physicalAddressBits);
        _cache = new DecodeCache(memory, Walker, options);
        _bus = new PhysicalBus(memory, devices);
        _context = new EmulationContext(_bus, Walker);
        _strings = new StringInstructions(devices);
    }

    /// <summary>The walker over the guest's page tables.</summary>
    public GuestPageWalker Walker { get; }

    /// <summary>Accesses that neither RAM nor a device answered: reads gave ones, writes were lost.</summary>
    public ulong UnclaimedAccesses => _bus.Unclaimed;

    /// <summary>How often Iced's decoder was asked; the other look-ups were answered from memory.</summary>
    public ulong Decodes => _cache.Misses;

    /// <summary>The instruction decoded last. Valid until the next call of any method here.</summary>
    public ref readonly Instruction Instruction => ref _cache.Current;

    /// <summary>Decodes the instruction at CS:RIP into <see cref="Instruction"/>, with the faults its fetch raises set to be delivered.</summary>
    public FetchResult Decode(VirtualProcessor cpu) => _cache.Decode(cpu);

    /// <summary>RIP behind the instruction of the last <see cref="Decode"/>, wrapped as the mode has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextRip(VirtualProcessor cpu)
    {
        ulong next = cpu.Rip + (uint)_cache.Current.Length;
        return _cache.Bitness == 64 ? next : (uint)next;
    }

    /// <summary>The true length of the instruction at CS:RIP, prefixes and all.</summary>
    /// <returns>1 to 15; 0: its fetch faults and the fault is set to be delivered, or it is not in RAM.</returns>
    public int InstructionLength(VirtualProcessor cpu) => Decode(cpu) == FetchResult.Done ? _cache.Current.Length : 0;

    /// <summary>Carries out the instruction behind a memory fault on a device, or on nothing.</summary>
    public EmulationResult EmulateMmio(VirtualProcessor cpu, in VmExit exit)
    {
        // An event whose delivery faulted is set to be delivered again: what touched the device is not the instruction at RIP.
        if (exit.IsFetch || cpu.EventPending)
        {
            return EmulationResult.Unsupported;
        }

        byte* fetched = exit.FetchedLength != 0 ? cpu.FetchedBytes : null;
        FetchResult result = fetched == null ? Decode(cpu) : _cache.DecodeFetched(cpu, fetched, exit.FetchedLength);
        if (result != FetchResult.Done)
        {
            return result == FetchResult.FaultInjected ? EmulationResult.FaultInjected : EmulationResult.Unsupported;
        }

        ref readonly Instruction instruction = ref _cache.Current;
        return _cache.Bitness == 64 && !exit.IsPageWalk && TryPlainMove(cpu, instruction, exit.GuestPhysical)
            ? EmulationResult.Done
            : Execute(cpu, instruction);
    }

    /// <summary>Carries out the instruction at CS:RIP.</summary>
    public EmulationResult Emulate(VirtualProcessor cpu) => Decode(cpu) switch
    {
        FetchResult.Done => Execute(cpu, _cache.Current),
        FetchResult.FaultInjected => EmulationResult.FaultInjected,
        _ => EmulationResult.Unsupported,
    };

    /// <summary>Carries out the INS or OUTS behind a string port exit. Its right to the port was checked by the processor.</summary>
    public EmulationResult EmulateStringIo(VirtualProcessor cpu)
    {
        FetchResult result = Decode(cpu);
        if (result != FetchResult.Done)
        {
            return result == FetchResult.FaultInjected ? EmulationResult.FaultInjected : EmulationResult.Unsupported;
        }

        ref readonly Instruction instruction = ref _cache.Current;
        if (instruction.Mnemonic is not (Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd
            or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd))
        {
            return EmulationResult.Unsupported;
        }

        _context.Begin(cpu, instruction, _cache.Bitness);
        return _strings.Execute(_context, instruction);
    }

    /// <summary>Says what the emulator could not do, for the reason a VM is stopped with. The caller adds where RIP stands.</summary>
    public void DescribeUnsupported(VirtualProcessor cpu, in VmExit exit, ref TextBuilder text)
    {
        if (exit.Reason == ExitReason.MemoryFault && (exit.IsFetch || cpu.EventPending))
        {
            text.Append(exit.IsFetch ? "executes from device memory" : "took an interrupt or exception through device memory");
        }
        else
        {
            text.Append("cannot emulate ");
            text.Append(UnsupportedNames.Find(_cache.Current.Mnemonic));
            text.Append(" (");
            for (int i = 0; i < _cache.Current.Length; i++)
            {
                text.AppendHex(_cache.CurrentBytes[i], 2);
            }

            text.Append(')');
        }

        if (exit.Reason == ExitReason.MemoryFault)
        {
            text.Append(" at guest address 0x");
            text.AppendHex(exit.GuestPhysical);
        }
    }

    /// <summary>
    /// The shortest way for what drivers do nearly always: MOV of 32 bits between a register and a device, in 64-bit mode. The processor walked
    /// the guest's tables for this access before nested paging stopped it, so its guest-physical address needs no second walk.
    /// </summary>
    private bool TryPlainMove(VirtualProcessor cpu, in Instruction instruction, ulong guestPhysical)
    {
        bool isWrite;
        switch (instruction.Code)
        {
            case Code.Mov_r32_rm32:
            case Code.Mov_EAX_moffs32:
                isWrite = false;
                break;
            case Code.Mov_rm32_r32:
            case Code.Mov_rm32_imm32:
            case Code.Mov_moffs32_EAX:
                isWrite = true;
                break;
            default:
                return false;
        }

        if ((isWrite ? instruction.Op0Kind : instruction.Op1Kind) != OpKind.Memory
            || (cpu.Rflags & ControlBits.FlagTrap) != 0)
        {
            return false;
        }

        GuestRegisters* registers = cpu.Registers;
        ulong linear = EffectiveAddress.Compute(instruction, registers);
        SegmentRegister segment = EmulationContext.MemorySegment(instruction);
        if (segment >= SegmentRegister.Fs)
        {
            linear += cpu.GetSegmentBase(segment);
        }

        // Aligned, so it is one access to one page.
        if (((linear ^ guestPhysical) & 0xFFF) != 0 || (linear & 3) != 0)
        {
            return false;
        }

        Device? device = _devices.FindMemory(guestPhysical, out ulong offset);
        if (device == null)
        {
            return false;
        }

        if (!isWrite)
        {
            registers->General[instruction.Op0Register - Register.EAX] = (uint)device.ReadMmio(offset, 4);
        }
        else
        {
            uint value = instruction.Op1Kind == OpKind.Register
                ? (uint)registers->General[instruction.Op1Register - Register.EAX]
                : instruction.Immediate32;
            device.WriteMmio(offset, 4, value);
        }

        cpu.Rip += (uint)instruction.Length;
        ulong flags = cpu.Rflags;
        if ((flags & ControlBits.FlagResume) != 0)
        {
            cpu.Rflags = flags & ~ControlBits.FlagResume;
        }

        if (cpu.InterruptShadow)
        {
            cpu.InterruptShadow = false;
        }

        return true;
    }

    private EmulationResult Execute(VirtualProcessor cpu, in Instruction instruction)
    {
        EmulationContext context = _context;
        context.Begin(cpu, instruction, _cache.Bitness);
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Mov:
            case Mnemonic.Movnti:
                return MoveInstructions.Move(context, instruction);
            case Mnemonic.Movzx:
                return MoveInstructions.ZeroExtend(context, instruction);
            case Mnemonic.Movsx:
            case Mnemonic.Movsxd:
                return MoveInstructions.SignExtend(context, instruction);
            case Mnemonic.Movbe:
                return MoveInstructions.Reverse(context, instruction);
            case Mnemonic.Add:
            case Mnemonic.Adc:
            case Mnemonic.Sub:
            case Mnemonic.Sbb:
            case Mnemonic.Cmp:
            case Mnemonic.And:
            case Mnemonic.Or:
            case Mnemonic.Xor:
            case Mnemonic.Test:
                return ArithmeticInstructions.Binary(context, instruction);
            case Mnemonic.Inc:
            case Mnemonic.Dec:
            case Mnemonic.Neg:
            case Mnemonic.Not:
                return ArithmeticInstructions.Unary(context, instruction);
            case Mnemonic.Xchg:
                return ExchangeInstructions.Exchange(context, instruction);
            case Mnemonic.Xadd:
                return ExchangeInstructions.ExchangeAdd(context, instruction);
            case Mnemonic.Cmpxchg:
                return ExchangeInstructions.CompareExchange(context, instruction);
            case Mnemonic.Cmpxchg8b:
                return ExchangeInstructions.CompareExchange8(context, instruction);
            case Mnemonic.Bt:
            case Mnemonic.Bts:
            case Mnemonic.Btr:
            case Mnemonic.Btc:
                return BitInstructions.Execute(context, instruction);
            case Mnemonic.Push:
                return StackInstructions.Push(context, instruction);
            case Mnemonic.Pop:
                return StackInstructions.Pop(context, instruction);
            case Mnemonic.Jmp:
                return StackInstructions.Jump(context, instruction);
            case Mnemonic.Call:
                return StackInstructions.Call(context, instruction);
            case Mnemonic.Ret:
                return StackInstructions.Return(context, instruction);
            case Mnemonic.Nop:
            case Mnemonic.Clflush:
            case Mnemonic.Clflushopt:
            case Mnemonic.Clwb:
            case Mnemonic.Prefetchnta:
            case Mnemonic.Prefetcht0:
            case Mnemonic.Prefetcht1:
            case Mnemonic.Prefetcht2:
            case Mnemonic.Prefetchw:
                // Caches hold nothing of an emulated device.
                return context.Retire();
            default:
                return instruction.IsStringInstruction ? _strings.Execute(context, instruction) : EmulationResult.Unsupported;
        }
    }
}
