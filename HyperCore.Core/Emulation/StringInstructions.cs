using HyperCore.Core.Devices;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>MOVS, STOS, LODS, SCAS, CMPS, INS, OUTS, with and without REP, REPE, REPNE.</summary>
/// <param name="devices">What answers at I/O ports.</param>
internal sealed unsafe class StringInstructions(DeviceMap devices)
{
    /// <summary>The most iterations of one exit. The guest is entered with RIP on the instruction after that, so interrupts get their turn.</summary>
    public const int MaxIterations = 4096;

    private const int Rax = 0;
    private const int Rcx = 1;
    private const int Rdx = 2;
    private const int Rsi = 6;
    private const int Rdi = 7;

    private readonly DeviceMap _devices = devices;

    /// <summary>Carries out one string instruction.</summary>
    public EmulationResult Execute(EmulationContext context, in Instruction instruction)
    {
        Mnemonic mnemonic = instruction.Mnemonic;
        Form form = FormOf(mnemonic);
        int size = EffectiveAddress.OperandSize(instruction);
        int addressSize = AddressSize(instruction);
        ulong addressMask = Operand.Mask(addressSize);
        bool repeated = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        bool conditional = repeated && form is Form.Scan or Form.Compare;
        ulong wantedZero = instruction.HasRepnePrefix ? 0 : ControlBits.FlagZero;
        ulong* registers = context.Registers->General;
        int limit = !repeated || (context.Flags & ControlBits.FlagTrap) != 0 ? 1 : MaxIterations;
        SegmentRegister source = UsesSource(form) ? EmulationContext.MemorySegment(instruction) : SegmentRegister.Es;
        for (int i = 0; i < limit; i++)
        {
            ulong count = registers[Rcx] & addressMask;
            if (repeated && count == 0)
            {
                return context.Retire();
            }

            if (!TryIterate(context, form, source, size, addressSize))
            {
                context.CommitFlags();
                return EmulationResult.FaultInjected;
            }

            if (!repeated)
            {
                return context.Retire();
            }

            context.SetRegister(Rcx, addressSize, count - 1);
            if (count == 1 || (conditional && (context.Flags & ControlBits.FlagZero) != wantedZero))
            {
                return context.Retire();
            }
        }

        return context.Pause();
    }

    private bool TryIterate(EmulationContext context, Form form, SegmentRegister sourceSegment, int size, int addressSize)
    {
        ulong* registers = context.Registers->General;
        ulong mask = Operand.Mask(addressSize);
        bool usesSource = UsesSource(form);
        bool usesDestination = form is not (Form.Load or Form.Output);
        bool writes = form is Form.Move or Form.Store or Form.Input;
        Operand source = default;
        Operand destination = default;
        if ((usesSource && !context.TryMemory(sourceSegment, registers[Rsi] & mask, size, write: false, out source))
            || (usesDestination && !context.TryMemory(SegmentRegister.Es, registers[Rdi] & mask, size, writes, out destination)))
        {
            return false;
        }

        ulong flags = context.Flags;
        switch (form)
        {
            case Form.Move:
                context.Write(destination, context.Read(source));
                break;
            case Form.Store:
                context.Write(destination, registers[Rax]);
                break;
            case Form.Load:
                context.SetRegister(Rax, size, context.Read(source));
                break;
            case Form.Scan:
                Arithmetic.Subtract(registers[Rax], context.Read(destination), borrow: false, size, ref flags);
                break;
            case Form.Compare:
                Arithmetic.Subtract(context.Read(source), context.Read(destination), borrow: false, size, ref flags);
                break;
            case Form.Input:
                context.Write(destination, ReadPort((ushort)registers[Rdx], size));
                break;
            default:
                _devices.FindPort((ushort)registers[Rdx])?.WritePort((ushort)registers[Rdx], size, (uint)context.Read(source));
                break;
        }

        context.Flags = flags;
        ulong step = (flags & ControlBits.FlagDirection) != 0 ? (ulong)-size : (ulong)size;
        if (usesSource)
        {
            context.SetRegister(Rsi, addressSize, registers[Rsi] + step);
        }

        if (usesDestination)
        {
            context.SetRegister(Rdi, addressSize, registers[Rdi] + step);
        }

        return true;
    }

    private uint ReadPort(ushort port, int size)
    {
        Device? device = _devices.FindPort(port);
        return device == null ? uint.MaxValue : device.ReadPort(port, size);
    }

    private static bool UsesSource(Form form) => form is Form.Move or Form.Load or Form.Compare or Form.Output;

    private static int AddressSize(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            switch (instruction.GetOpKind(i))
            {
                case OpKind.MemorySegSI:
                case OpKind.MemoryESDI:
                    return 2;
                case OpKind.MemorySegESI:
                case OpKind.MemoryESEDI:
                    return 4;
                case OpKind.MemorySegRSI:
                case OpKind.MemoryESRDI:
                    return 8;
            }
        }

        return 8;
    }

    private static Form FormOf(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq => Form.Move,
        Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq => Form.Store,
        Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq => Form.Load,
        Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq => Form.Scan,
        Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq => Form.Compare,
        Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd => Form.Input,
        _ => Form.Output,
    };

    private enum Form
    {
        Move,
        Store,
        Load,
        Scan,
        Compare,
        Input,
        Output,
    }
}
