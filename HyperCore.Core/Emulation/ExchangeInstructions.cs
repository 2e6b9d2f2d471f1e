using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>XCHG, XADD, CMPXCHG, CMPXCHG8B. A VM's vCPUs do not run while its device access is emulated, so LOCK needs nothing more.</summary>
internal static unsafe class ExchangeInstructions
{
    private const int Rax = 0;
    private const int Rdx = 2;

    /// <summary>XCHG.</summary>
    public static EmulationResult Exchange(EmulationContext context, in Instruction instruction)
    {
        if (!TryBoth(context, instruction, out Operand destination, out Operand source))
        {
            return EmulationResult.FaultInjected;
        }

        ulong left = context.Read(destination);
        ulong right = context.Read(source);
        context.Write(destination, right);
        context.Write(source, left);
        return context.Retire();
    }

    /// <summary>XADD: the sum goes to the destination, its old value to the source register.</summary>
    public static EmulationResult ExchangeAdd(EmulationContext context, in Instruction instruction)
    {
        if (!TryBoth(context, instruction, out Operand destination, out Operand source))
        {
            return EmulationResult.FaultInjected;
        }

        ulong flags = context.Flags;
        ulong left = context.Read(destination);
        ulong sum = Arithmetic.Add(left, context.Read(source), carry: false, destination.Size, ref flags);
        context.Write(source, left);
        context.Write(destination, sum);
        context.Flags = flags;
        return context.Retire();
    }

    /// <summary>CMPXCHG. Memory is written in either case, as the processor's locked cycle does; a register is not, so its upper half stays.</summary>
    public static EmulationResult CompareExchange(EmulationContext context, in Instruction instruction)
    {
        if (!TryBoth(context, instruction, out Operand destination, out Operand source))
        {
            return EmulationResult.FaultInjected;
        }

        int size = destination.Size;
        ulong flags = context.Flags;
        ulong old = context.Read(destination);
        ulong expected = context.Registers->General[Rax] & Operand.Mask(size);
        Arithmetic.Subtract(expected, old, borrow: false, size, ref flags);
        if (expected == old)
        {
            context.Write(destination, context.Read(source));
        }
        else
        {
            if (destination.Kind == OperandKind.Memory)
            {
                context.Write(destination, old);
            }

            context.SetRegister(Rax, size, old);
        }

        context.Flags = flags;
        return context.Retire();
    }

    /// <summary>CMPXCHG8B: EDX:EAX against 8 bytes, ECX:EBX in. Of the flags only ZF changes.</summary>
    public static EmulationResult CompareExchange8(EmulationContext context, in Instruction instruction)
    {
        if (!context.TryOperand(instruction, 0, write: true, out Operand destination))
        {
            return EmulationResult.FaultInjected;
        }

        ulong* registers = context.Registers->General;
        ulong old = context.Read(destination);
        ulong expected = (uint)registers[Rax] | (registers[Rdx] << 32);
        if (expected == old)
        {
            context.Write(destination, (uint)registers[3] | (registers[1] << 32));
            context.Flags |= ControlBits.FlagZero;
        }
        else
        {
            context.Write(destination, old);
            registers[Rax] = (uint)old;
            registers[Rdx] = old >> 32;
            context.Flags &= ~ControlBits.FlagZero;
        }

        return context.Retire();
    }

    private static bool TryBoth(EmulationContext context, in Instruction instruction, out Operand destination, out Operand source)
    {
        source = default;
        return context.TryOperand(instruction, 0, write: true, out destination)
            && context.TryOperand(instruction, 1, write: true, out source);
    }
}
