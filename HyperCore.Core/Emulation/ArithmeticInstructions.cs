using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>ADD, ADC, SUB, SBB, AND, OR, XOR, CMP, TEST, INC, DEC, NEG, NOT.</summary>
internal static class ArithmeticInstructions
{
    /// <summary>The instructions of two operands.</summary>
    public static EmulationResult Binary(EmulationContext context, in Instruction instruction)
    {
        Mnemonic mnemonic = instruction.Mnemonic;
        bool write = mnemonic is not (Mnemonic.Cmp or Mnemonic.Test);
        if (!context.TryOperand(instruction, 0, write, out Operand destination)
            || !context.TryOperand(instruction, 1, write: false, out Operand source))
        {
            return EmulationResult.FaultInjected;
        }

        ulong left = context.Read(destination);
        ulong right = context.Read(source);
        ulong flags = context.Flags;
        bool carry = (flags & ControlBits.FlagCarry) != 0;
        int size = destination.Size;
        ulong result = mnemonic switch
        {
            Mnemonic.Add => Arithmetic.Add(left, right, carry: false, size, ref flags),
            Mnemonic.Adc => Arithmetic.Add(left, right, carry, size, ref flags),
            Mnemonic.Sub or Mnemonic.Cmp => Arithmetic.Subtract(left, right, borrow: false, size, ref flags),
            Mnemonic.Sbb => Arithmetic.Subtract(left, right, carry, size, ref flags),
            Mnemonic.Or => Arithmetic.Logic(left | right, size, ref flags),
            Mnemonic.Xor => Arithmetic.Logic(left ^ right, size, ref flags),
            _ => Arithmetic.Logic(left & right, size, ref flags),
        };
        if (write)
        {
            context.Write(destination, result);
        }

        context.Flags = flags;
        return context.Retire();
    }

    /// <summary>The instructions of one operand. NOT leaves the flags.</summary>
    public static EmulationResult Unary(EmulationContext context, in Instruction instruction)
    {
        if (!context.TryOperand(instruction, 0, write: true, out Operand operand))
        {
            return EmulationResult.FaultInjected;
        }

        ulong value = context.Read(operand);
        ulong flags = context.Flags;
        ulong result = instruction.Mnemonic switch
        {
            Mnemonic.Inc => Arithmetic.Increment(value, operand.Size, ref flags),
            Mnemonic.Dec => Arithmetic.Decrement(value, operand.Size, ref flags),
            Mnemonic.Neg => Arithmetic.Subtract(0, value, borrow: false, operand.Size, ref flags),
            _ => ~value,
        };
        context.Write(operand, result);
        context.Flags = flags;
        return context.Retire();
    }
}
