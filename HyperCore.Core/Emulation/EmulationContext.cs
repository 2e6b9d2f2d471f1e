using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>
/// The vCPU's state during one emulated instruction, and the steps every instruction is made of: resolve operands, read, write, retire.
/// All faults arise while operands are resolved, before anything is written.
/// </summary>
/// <param name="bus">Guest-physical address space.</param>
/// <param name="walker">The walker over the guest's page tables.</param>
internal sealed unsafe class EmulationContext(PhysicalBus bus, GuestPageWalker walker)
{
    private readonly PhysicalBus _bus = bus;
    private readonly GuestPageWalker _walker = walker;
    private bool _user;
    private ulong _flagsBefore;

    /// <summary>The vCPU.</summary>
    public VirtualProcessor Cpu { get; private set; } = null!;

    /// <summary>Its general-purpose registers.</summary>
    public GuestRegisters* Registers { get; private set; }

    /// <summary>RFLAGS as the instruction leaves them; they reach the vCPU when it retires.</summary>
    public ulong Flags { get; set; }

    /// <summary>16, 32 or 64.</summary>
    public int Bitness { get; private set; }

    /// <summary>RIP of the next instruction, or the target of a branch.</summary>
    public ulong NextRip { get; set; }

    /// <summary>The guest-physical address space, for operands that instructions address in parts.</summary>
    public PhysicalBus Bus => _bus;

    /// <summary>Starts an instruction.</summary>
    public void Begin(VirtualProcessor cpu, in Instruction instruction, int bitness)
    {
        Cpu = cpu;
        Registers = cpu.Registers;
        Bitness = bitness;
        _user = cpu.Cpl == 3;
        _flagsBefore = cpu.Rflags;
        Flags = _flagsBefore;
        ulong next = cpu.Rip + (uint)instruction.Length;
        NextRip = bitness == 64 ? next : (uint)next;
    }

    /// <summary>Ends an instruction that was carried out: RIP, flags, interrupt shadow, single-step trap (APM vol. 2, 13.1.4).</summary>
    public EmulationResult Retire()
    {
        Cpu.Rip = NextRip;
        ulong flags = Flags & ~ControlBits.FlagResume;
        if (flags != _flagsBefore)
        {
            Cpu.Rflags = flags;
        }

        if (Cpu.InterruptShadow)
        {
            Cpu.InterruptShadow = false;
        }

        if ((_flagsBefore & ControlBits.FlagTrap) != 0)
        {
            Trap();
        }

        return EmulationResult.Done;
    }

    /// <summary>Makes the flags of the iterations done so far the vCPU's, when a repeated instruction is left before its end.</summary>
    public void CommitFlags()
    {
        if (Flags != _flagsBefore)
        {
            Cpu.Rflags = Flags;
        }
    }

    /// <summary>Ends a part of a repeated instruction: RIP stays, and a single-step trap comes after each iteration.</summary>
    public EmulationResult Pause()
    {
        CommitFlags();
        if (Cpu.InterruptShadow)
        {
            Cpu.InterruptShadow = false;
        }

        if ((_flagsBefore & ControlBits.FlagTrap) != 0)
        {
            Trap();
        }

        return EmulationResult.Done;
    }

    /// <summary>Sets an exception to be delivered.</summary>
    public EmulationResult Fault(ExceptionVector vector, uint errorCode = 0)
    {
        Cpu.InjectException(vector, errorCode);
        return EmulationResult.FaultInjected;
    }

    /// <summary>Resolves operand <paramref name="index"/>.</summary>
    /// <returns>False: it faults, and the fault is set to be delivered.</returns>
    public bool TryOperand(in Instruction instruction, int index, bool write, out Operand operand)
    {
        OpKind kind = instruction.GetOpKind(index);
        if (kind == OpKind.Register)
        {
            RegisterOperand(instruction.GetOpRegister(index), out operand);
            return true;
        }

        if (kind == OpKind.Memory)
        {
            ulong address = EffectiveAddress.Compute(instruction, Registers);
            return TryMemory(MemorySegment(instruction), address, EffectiveAddress.OperandSize(instruction), write, out operand);
        }

        operand = default;
        operand.Kind = OperandKind.Value;
        operand.Size = 8;
        operand.Value = kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64
            ? instruction.NearBranchTarget
            : instruction.GetImmediate(index);
        return true;
    }

    /// <summary>Resolves <paramref name="size"/> bytes at an offset in a segment.</summary>
    /// <returns>False: the access faults, and the fault is set to be delivered.</returns>
    public bool TryMemory(SegmentRegister segment, ulong offset, int size, bool write, out Operand operand)
    {
        operand = default;
        operand.Kind = OperandKind.Memory;
        operand.Size = size;
        operand.FirstLength = size;
        if (!TryLinear(segment, offset, size, write, out ulong linear))
        {
            return false;
        }

        int room = 0x1000 - (int)(linear & 0xFFF);
        if (size > room)
        {
            operand.FirstLength = room;
            ulong next = linear + (uint)room;
            if (Bitness != 64)
            {
                next = (uint)next;
            }

            // The processor touches the lower page first, so its fault is the one reported.
            return TryTranslate(linear, write, out operand.First) && TryTranslate(next, write, out operand.Second);
        }

        return TryTranslate(linear, write, out operand.First);
    }

    /// <summary>Reads an operand, zero-extended.</summary>
    public ulong Read(in Operand operand)
    {
        switch (operand.Kind)
        {
            case OperandKind.Register:
                return Registers->General[operand.Number] & Operand.Mask(operand.Size);
            case OperandKind.HighByte:
                return (byte)(Registers->General[operand.Number] >> 8);
            case OperandKind.Value:
                return operand.Value;
            default:
                if (operand.FirstLength == operand.Size)
                {
                    return _bus.Read(operand.First, operand.Size);
                }

                ulong low = _bus.Read(operand.First, operand.FirstLength);
                return low | (_bus.Read(operand.Second, operand.Size - operand.FirstLength) << (operand.FirstLength * 8));
        }
    }

    /// <summary>Writes an operand. A 32-bit register write clears the upper half (APM vol. 1, 3.1.2).</summary>
    public void Write(in Operand operand, ulong value)
    {
        switch (operand.Kind)
        {
            case OperandKind.Register:
                SetRegister(operand.Number, operand.Size, value);
                break;
            case OperandKind.HighByte:
                ulong old = Registers->General[operand.Number];
                Registers->General[operand.Number] = (old & ~0xFF00ul) | ((value & 0xFF) << 8);
                break;
            case OperandKind.Memory:
                _bus.Write(operand.First, operand.FirstLength, value);
                if (operand.FirstLength != operand.Size)
                {
                    _bus.Write(operand.Second, operand.Size - operand.FirstLength, value >> (operand.FirstLength * 8));
                }

                break;
        }
    }

    /// <summary>Writes a general-purpose register of 1, 2, 4 or 8 bytes.</summary>
    public void SetRegister(int number, int size, ulong value)
    {
        ulong old = Registers->General[number];
        Registers->General[number] = size switch
        {
            1 => (old & ~0xFFul) | (byte)value,
            2 => (old & ~0xFFFFul) | (ushort)value,
            4 => (uint)value,
            _ => value,
        };
    }

    /// <summary>The segment register of the memory operand.</summary>
    public static SegmentRegister MemorySegment(in Instruction instruction) => (SegmentRegister)(instruction.MemorySegment - Register.ES);

    private static bool IsReadOnlyKind(int type) => (type & 8) != 0 || (type & 2) == 0;

    /// <summary>Segmentation: offset to linear address, with rights, limit and canonical checks (APM vol. 2, 4.12).</summary>
    private bool TryLinear(SegmentRegister register, ulong offset, int size, bool write, out ulong linear)
    {
        if (Bitness == 64)
        {
            linear = offset;
            if (register >= SegmentRegister.Fs)
            {
                linear += Cpu.GetSegmentBase(register);
            }

            ulong cr4 = Cpu.Cr4;
            if (ControlBits.IsCanonical(linear, cr4) && ControlBits.IsCanonical(linear + (uint)(size - 1), cr4))
            {
                return true;
            }

            Fault(register == SegmentRegister.Ss ? ExceptionVector.Stack : ExceptionVector.GeneralProtection);
            return false;
        }

        Segment segment = Cpu.GetSegment(register);
        linear = (uint)(segment.Base + offset);
        if (InSegment(segment, register, offset, size, write))
        {
            return true;
        }

        Fault(register == SegmentRegister.Ss ? ExceptionVector.Stack : ExceptionVector.GeneralProtection);
        return false;
    }

    private bool InSegment(in Segment segment, SegmentRegister register, ulong offset, int size, bool write)
    {
        int type = segment.Type;
        bool isProtected = (Cpu.Cr0 & ControlBits.Cr0ProtectionEnable) != 0 && (_flagsBefore & ControlBits.FlagVirtual8086) == 0;
        if (isProtected)
        {
            bool unusable = !segment.Present || (segment.Attributes & 0x10) == 0;
            bool unreadable = segment.IsCode && (type & 2) == 0;
            if (unusable || (write && IsReadOnlyKind(type)) || (!write && unreadable))
            {
                return false;
            }
        }

        ulong last = offset + (uint)(size - 1);
        bool expandDown = isProtected && (type & 0xC) == 4;
        if (!expandDown)
        {
            return last <= segment.Limit;
        }

        // An expand-down segment holds what is above its limit (APM vol. 2, 4.12.2).
        return offset > segment.Limit && last <= (segment.Big ? uint.MaxValue : 0xFFFFu);
    }

    private bool TryTranslate(ulong linear, bool write, out ulong guestPhysical)
    {
        GuestPageAccess access = write ? GuestPageAccess.Write : GuestPageAccess.Read;
        if (_user)
        {
            access |= GuestPageAccess.User;
        }

        if (_walker.TryTranslate(Cpu, linear, access, out guestPhysical, out uint errorCode))
        {
            return true;
        }

        Cpu.Cr2 = linear;
        Cpu.InjectException(ExceptionVector.PageFault, errorCode);
        return false;
    }

    private void RegisterOperand(Register register, out Operand operand)
    {
        operand = default;
        if (register >= Register.AX && register <= Register.R15)
        {
            int index = register - Register.AX;
            operand.Number = index & 15;
            operand.Size = 2 << (index >> 4);
        }
        else if (register <= Register.R15L)
        {
            // AL CL DL BL, AH CH DH BH, SPL BPL SIL DIL, R8L...
            int index = register - Register.AL;
            operand.Size = 1;
            if (index < 4)
            {
                operand.Number = index;
            }
            else
            {
                operand.Number = index - 4;
                if (index < 8)
                {
                    operand.Kind = OperandKind.HighByte;
                }
            }
        }
        else
        {
            operand.Kind = OperandKind.Value;
            operand.Size = 2;
            operand.Value = Cpu.GetSegment((SegmentRegister)(register - Register.ES)).Selector;
        }
    }

    private void Trap()
    {
        Cpu.Dr6 |= ControlBits.Dr6SingleStep;
        Cpu.InjectException(ExceptionVector.Debug);
    }
}
