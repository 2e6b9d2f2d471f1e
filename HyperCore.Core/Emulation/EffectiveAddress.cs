using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>Addresses and sizes of memory operands, from what Iced says of them.</summary>
internal static unsafe class EffectiveAddress
{
    /// <summary>The offset into the segment, with <paramref name="extra"/> added, wrapped at the address size (APM vol. 1, 2.2.3).</summary>
    public static ulong Compute(in Instruction instruction, GuestRegisters* registers, ulong extra = 0)
    {
        Register baseRegister = instruction.MemoryBase;
        Register index = instruction.MemoryIndex;
        ulong address = instruction.MemoryDisplacement64 + extra;
        ulong mask = ulong.MaxValue;
        if (baseRegister >= Register.RAX && baseRegister <= Register.R15)
        {
            address += registers->General[baseRegister - Register.RAX];
        }
        else if (baseRegister is Register.RIP or Register.EIP)
        {
            // Iced has added RIP to the displacement already.
            mask = baseRegister == Register.RIP ? ulong.MaxValue : uint.MaxValue;
        }
        else if (baseRegister >= Register.AX && baseRegister <= Register.R15D)
        {
            address += registers->General[(baseRegister - Register.AX) & 15];
            mask = baseRegister >= Register.EAX ? uint.MaxValue : ushort.MaxValue;
        }

        if (index != Register.None)
        {
            address += registers->General[(index - Register.AX) & 15] * (ulong)instruction.MemoryIndexScale;
            mask = index >= Register.RAX ? ulong.MaxValue : index >= Register.EAX ? uint.MaxValue : ushort.MaxValue;
        }
        else if (baseRegister == Register.None)
        {
            int size = instruction.MemoryDisplSize;
            mask = size == 8 ? ulong.MaxValue : size == 4 ? uint.MaxValue : ushort.MaxValue;
        }

        return address & mask;
    }

    /// <summary>Size in bytes of the memory operand; 0 when it is none the emulator knows.</summary>
    public static int OperandSize(in Instruction instruction) => instruction.MemorySize switch
    {
        MemorySize.UInt8 or MemorySize.Int8 => 1,
        MemorySize.UInt16 or MemorySize.Int16 or MemorySize.WordOffset => 2,
        MemorySize.UInt32 or MemorySize.Int32 or MemorySize.DwordOffset => 4,
        MemorySize.UInt64 or MemorySize.Int64 or MemorySize.QwordOffset => 8,
        _ => 0,
    };
}
