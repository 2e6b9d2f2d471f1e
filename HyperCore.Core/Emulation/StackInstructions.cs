using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>PUSH and POP of registers, memory and immediates; near CALL, JMP and RET.</summary>
internal static unsafe class StackInstructions
{
    private const int Rsp = 4;

    /// <summary>PUSH.</summary>
    public static EmulationResult Push(EmulationContext context, in Instruction instruction)
    {
        if (!context.TryOperand(instruction, 0, write: false, out Operand source))
        {
            return EmulationResult.FaultInjected;
        }

        if (IsSystemRegister(instruction))
        {
            return EmulationResult.Unsupported;
        }

        int size = -instruction.StackPointerIncrement;
        return TryPush(context, size, out Operand slot, out ulong pointer)
            ? Finish(context, slot, context.Read(source), pointer)
            : EmulationResult.FaultInjected;
    }

    /// <summary>POP. A destination that is addressed through RSP uses its value after the pop (AMD APM vol. 3, POP).</summary>
    public static EmulationResult Pop(EmulationContext context, in Instruction instruction)
    {
        if (IsSystemRegister(instruction))
        {
            return EmulationResult.Unsupported;
        }

        if (!TryTop(context, instruction.StackPointerIncrement, out Operand slot, out ulong after))
        {
            return EmulationResult.FaultInjected;
        }

        ulong before = context.Registers->General[Rsp];
        SetPointer(context, after);
        if (!context.TryOperand(instruction, 0, write: true, out Operand destination))
        {
            context.Registers->General[Rsp] = before;
            return EmulationResult.FaultInjected;
        }

        context.Write(destination, context.Read(slot));
        return context.Retire();
    }

    /// <summary>Near JMP, direct or through a register or memory.</summary>
    public static EmulationResult Jump(EmulationContext context, in Instruction instruction)
    {
        if (IsFar(instruction))
        {
            return EmulationResult.Unsupported;
        }

        return context.TryOperand(instruction, 0, write: false, out Operand target) && TryTarget(context, context.Read(target))
            ? context.Retire()
            : EmulationResult.FaultInjected;
    }

    /// <summary>Near CALL, direct or through a register or memory.</summary>
    public static EmulationResult Call(EmulationContext context, in Instruction instruction)
    {
        if (IsFar(instruction))
        {
            return EmulationResult.Unsupported;
        }

        ulong back = context.NextRip;
        return context.TryOperand(instruction, 0, write: false, out Operand target)
            && TryTarget(context, context.Read(target))
            && TryPush(context, -instruction.StackPointerIncrement, out Operand slot, out ulong pointer)
                ? Finish(context, slot, back, pointer)
                : EmulationResult.FaultInjected;
    }

    /// <summary>Near RET, with or without bytes to release.</summary>
    public static EmulationResult Return(EmulationContext context, in Instruction instruction)
    {
        ulong release = instruction.OpCount == 0 ? 0 : instruction.GetImmediate(0);
        int size = instruction.StackPointerIncrement - (int)release;
        if (!TryTop(context, size, out Operand slot, out ulong after) || !TryTarget(context, context.Read(slot)))
        {
            return EmulationResult.FaultInjected;
        }

        SetPointer(context, after + release);
        return context.Retire();
    }

    private static EmulationResult Finish(EmulationContext context, in Operand slot, ulong value, ulong pointer)
    {
        context.Write(slot, value);
        SetPointer(context, pointer);
        return context.Retire();
    }

    private static bool TryPush(EmulationContext context, int size, out Operand slot, out ulong pointer)
    {
        pointer = (context.Registers->General[Rsp] - (uint)size) & PointerMask(context);
        return context.TryMemory(SegmentRegister.Ss, pointer, size, write: true, out slot);
    }

    private static bool TryTop(EmulationContext context, int size, out Operand slot, out ulong after)
    {
        ulong pointer = context.Registers->General[Rsp] & PointerMask(context);
        after = pointer + (uint)size;
        return context.TryMemory(SegmentRegister.Ss, pointer, size, write: false, out slot);
    }

    private static bool TryTarget(EmulationContext context, ulong target)
    {
        bool legal = context.Bitness == 64
            ? ControlBits.IsCanonical(target, context.Cpu.Cr4)
            : target <= context.Cpu.GetSegment(SegmentRegister.Cs).Limit;
        if (!legal)
        {
            context.Fault(ExceptionVector.GeneralProtection);
            return false;
        }

        context.NextRip = target;
        return true;
    }

    private static void SetPointer(EmulationContext context, ulong value)
    {
        // SP is as wide as the stack segment says, whatever the operand size is (APM vol. 2, 4.7.3).
        ulong mask = PointerMask(context);
        ref ulong pointer = ref context.Registers->General[Rsp];
        pointer = mask == ushort.MaxValue ? (pointer & ~mask) | (value & mask) : value & mask;
    }

    private static ulong PointerMask(EmulationContext context) =>
        context.Bitness == 64 ? ulong.MaxValue : context.Cpu.GetSegment(SegmentRegister.Ss).Big ? uint.MaxValue : ushort.MaxValue;

    private static bool IsFar(in Instruction instruction) =>
        instruction.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32
        || (instruction.Op0Kind == OpKind.Memory && EffectiveAddress.OperandSize(instruction) == 0);

    private static bool IsSystemRegister(in Instruction instruction) =>
        instruction.Op0Kind == OpKind.Register && instruction.Op0Register > Register.R15;
}
