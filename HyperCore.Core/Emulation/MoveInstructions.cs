using System.Buffers.Binary;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>MOV, MOVZX, MOVSX, MOVSXD, MOVBE, MOVNTI.</summary>
internal static class MoveInstructions
{
    /// <summary>MOV in all forms but those that load segment, control and debug registers; MOVNTI.</summary>
    public static EmulationResult Move(EmulationContext context, in Instruction instruction)
    {
        if (!Movable(instruction, 0, segment: false) || !Movable(instruction, 1, segment: true))
        {
            return EmulationResult.Unsupported;
        }

        return Copy(context, instruction, signed: false);
    }

    /// <summary>MOVZX: the source is narrower than the destination.</summary>
    public static EmulationResult ZeroExtend(EmulationContext context, in Instruction instruction) => Copy(context, instruction, signed: false);

    /// <summary>MOVSX and MOVSXD.</summary>
    public static EmulationResult SignExtend(EmulationContext context, in Instruction instruction) => Copy(context, instruction, signed: true);

    /// <summary>MOVBE: bytes reversed.</summary>
    public static EmulationResult Reverse(EmulationContext context, in Instruction instruction)
    {
        if (!context.TryOperand(instruction, 1, write: false, out Operand source)
            || !context.TryOperand(instruction, 0, write: true, out Operand destination))
        {
            return EmulationResult.FaultInjected;
        }

        ulong value = BinaryPrimitives.ReverseEndianness(context.Read(source)) >> (64 - (source.Size * 8));
        context.Write(destination, value);
        return context.Retire();
    }

    private static EmulationResult Copy(EmulationContext context, in Instruction instruction, bool signed)
    {
        if (!context.TryOperand(instruction, 1, write: false, out Operand source)
            || !context.TryOperand(instruction, 0, write: true, out Operand destination))
        {
            return EmulationResult.FaultInjected;
        }

        ulong value = context.Read(source);
        context.Write(destination, signed ? (ulong)Operand.SignExtend(value, source.Size) : value);
        return context.Retire();
    }

    private static bool Movable(in Instruction instruction, int index, bool segment)
    {
        if (instruction.GetOpKind(index) != OpKind.Register)
        {
            return true;
        }

        Register register = instruction.GetOpRegister(index);
        return register <= Register.R15 || (segment && register >= Register.ES && register <= Register.GS);
    }
}
