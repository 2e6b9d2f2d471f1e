using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>BT, BTS, BTR, BTC.</summary>
internal static unsafe class BitInstructions
{
    /// <summary>
    /// Tests and changes a bit. A register's bit offset is signed and reaches words before and behind the one addressed; an
    /// immediate one counts modulo the operand size (AMD APM vol. 3, BT).
    /// </summary>
    public static EmulationResult Execute(EmulationContext context, in Instruction instruction)
    {
        Mnemonic mnemonic = instruction.Mnemonic;
        bool write = mnemonic != Mnemonic.Bt;
        context.TryOperand(instruction, 1, write: false, out Operand selector);
        ulong bit = context.Read(selector);
        Operand operand;
        if (instruction.Op0Kind == OpKind.Memory && selector.Kind == OperandKind.Register)
        {
            int size = selector.Size;
            long word = Operand.SignExtend(bit, size) >> Shift(size);
            ulong address = EffectiveAddress.Compute(instruction, context.Registers, (ulong)(word * size));
            if (!context.TryMemory(EmulationContext.MemorySegment(instruction), address, size, write, out operand))
            {
                return EmulationResult.FaultInjected;
            }
        }
        else if (!context.TryOperand(instruction, 0, write, out operand))
        {
            return EmulationResult.FaultInjected;
        }

        ulong mask = 1ul << (int)(bit & (ulong)((operand.Size * 8) - 1));
        ulong value = context.Read(operand);
        context.Flags = (value & mask) != 0 ? context.Flags | ControlBits.FlagCarry : context.Flags & ~ControlBits.FlagCarry;
        if (write)
        {
            ulong result = mnemonic switch
            {
                Mnemonic.Bts => value | mask,
                Mnemonic.Btr => value & ~mask,
                _ => value ^ mask,
            };
            context.Write(operand, result);
        }

        return context.Retire();
    }

    /// <summary>Bits in the number of a bit inside a word: 4, 5 or 6.</summary>
    private static int Shift(int size) => size == 2 ? 4 : size == 4 ? 5 : 6;
}
