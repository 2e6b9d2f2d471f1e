using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using Iced.Intel;

namespace HyperCore.Tests.Emulation;

/// <summary>Random instructions of the emulator's families for 64-bit mode, with registers that make them touch the test's block of memory.</summary>
internal sealed class InstructionGenerator
{
    private const int CacheLine = 64;

    private const ulong FlagBits = 0xCD5; // CF PF AF ZF SF DF OF

    private static readonly Register[] s_byteRegisters = Registers(Register.AL, Register.R15L);

    private static readonly HashSet<Mnemonic> s_mnemonics =
    [
        Mnemonic.Mov, Mnemonic.Movzx, Mnemonic.Movsx, Mnemonic.Movsxd, Mnemonic.Movbe, Mnemonic.Movnti,
        Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsd, Mnemonic.Movsq, Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd, Mnemonic.Stosq,
        Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd, Mnemonic.Lodsq, Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd, Mnemonic.Scasq,
        Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsd, Mnemonic.Cmpsq,
        Mnemonic.Add, Mnemonic.Adc, Mnemonic.Sub, Mnemonic.Sbb, Mnemonic.Cmp, Mnemonic.And, Mnemonic.Or, Mnemonic.Xor, Mnemonic.Test,
        Mnemonic.Inc, Mnemonic.Dec, Mnemonic.Neg, Mnemonic.Not, Mnemonic.Xchg, Mnemonic.Xadd, Mnemonic.Cmpxchg, Mnemonic.Cmpxchg8b,
        Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc, Mnemonic.Push, Mnemonic.Pop,
    ];

    private readonly Random _random;
    private readonly ulong _block;
    private bool _addressIs32;

    public InstructionGenerator(int seed, ulong block)
    {
        _random = new Random(seed);
        _block = block;
    }

    public static Code[] Codes { get; } = Enum.GetValues<Code>().Where(IsWanted).ToArray();

    public ulong[] Values { get; } = new ulong[16];

    public ulong Flags { get; private set; }

    /// <summary>Makes the bytes of one instruction, with <see cref="Values"/> and <see cref="Flags"/> to run it with.</summary>
    public byte[] Next()
    {
        Code code = Codes[_random.Next(Codes.Length)];
        OpCodeInfo info = code.ToOpCode();
        for (int i = 0; i < 16; i++)
        {
            Values[i] = Interesting();
        }

        Flags = 0x202 | ((ulong)_random.NextInt64() & FlagBits);
        Values[4] = Target();
        _addressIs32 = _random.Next(4) == 0;
        var instruction = new Instruction { Code = code };
        for (int i = 0; i < info.OpCount; i++)
        {
            SetOperand(ref instruction, i, info.GetOpKind(i));
        }

        bool toMemory = info.OpCount > 0 && instruction.Op0Kind == OpKind.Memory;
        if (instruction.IsStringInstruction)
        {
            SetUpString(ref instruction);
        }
        else if (instruction.MemoryBase != Register.None)
        {
            SetUpAddress(ref instruction);
        }

        if (instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && instruction.Op1Kind == OpKind.Register && toMemory)
        {
            LimitBitOffset(ref instruction);
        }

        if (toMemory && info.CanUseLockPrefix && _random.Next(4) == 0)
        {
            instruction.HasLockPrefix = true;
        }

        if (IsSplitLock(instruction))
        {
            return Next();
        }

        using var stream = new MemoryStream();
        if (_random.Next(4) == 0)
        {
            stream.WriteByte((byte)(0x26 + (_random.Next(4) * 8))); // A segment override that 64-bit mode ignores.
        }

        // AH to BH with a register that needs a REX prefix cannot be encoded, nor can REP with every form: draw again.
        return Encoder.Create(64, new StreamCodeWriter(stream)).TryEncode(instruction, 0x1000, out _, out _) ? stream.ToArray() : Next();
    }

    // A locked access that lies across two cache lines stops all processors, and operating systems make whoever does that wait: a thousand of them can
    // take minutes. XCHG is locked without the prefix.
    private bool IsSplitLock(in Instruction instruction)
    {
        int operand = instruction.Op0Kind == OpKind.Memory ? 0 : instruction.Op1Kind == OpKind.Memory ? 1 : -1;
        if (operand < 0 || !(instruction.HasLockPrefix || instruction.Mnemonic == Mnemonic.Xchg))
        {
            return false;
        }

        int size = instruction.MemorySize.GetSize();
        ulong address = instruction.GetVirtualAddress(operand, 0, (register, _, _) => ValueOf(register));
        if (instruction.Mnemonic is Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && instruction.Op1Kind == OpKind.Register)
        {
            // The bit offset counts from the operand's address, in both directions.
            long bit = (long)(ValueOf(instruction.Op1Register.GetFullRegister()) << (64 - (8 * size))) >> (64 - (8 * size));
            address += (ulong)((bit >> BitOperations.Log2((uint)size * 8)) * size);
        }

        return (address % CacheLine) + (ulong)size > CacheLine;
    }

    private ulong ValueOf(Register register) =>
        register is >= Register.RAX and <= Register.R15 ? Values[register - Register.RAX]
        : register is >= Register.EAX and <= Register.R15D ? (uint)Values[register - Register.EAX]
        : 0;

    private static bool IsWanted(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        if (!info.IsInstruction || !info.Mode64 || !s_mnemonics.Contains(code.Mnemonic()) || info.Encoding != EncodingKind.Legacy)
        {
            return false;
        }

        for (int i = 0; i < info.OpCount; i++)
        {
            if (info.GetOpKind(i).ToString() is string kind && (kind.StartsWith("cr_") || kind.StartsWith("dr_") || kind.StartsWith("tr_")
                || kind.StartsWith("xmm") || kind is "fs" or "gs" || (kind.StartsWith("seg_reg"))))
            {
                return false;
            }
        }

        return true;
    }

    private static Register[] Registers(Register first, Register last) =>
        Enumerable.Range((int)first, last - first + 1).Select(value => (Register)value).ToArray();

    private void SetOperand(ref Instruction instruction, int index, OpCodeOperandKind kind)
    {
        string name = kind.ToString();
        if (name is "mem" || name.EndsWith("_or_mem", StringComparison.Ordinal))
        {
            bool register = name != "mem" && _random.Next(5) == 0;
            if (!register)
            {
                SetMemory(ref instruction, index);
                return;
            }
        }

        switch (name)
        {
            case "mem_offs":
                instruction.SetOpKind(index, OpKind.Memory);
                instruction.MemoryDisplSize = _addressIs32 ? 4 : 8;
                instruction.MemoryDisplacement64 = Target();
                break;
            case "seg_rSI":
                instruction.SetOpKind(index, _addressIs32 ? OpKind.MemorySegESI : OpKind.MemorySegRSI);
                break;
            case "es_rDI":
                instruction.SetOpKind(index, _addressIs32 ? OpKind.MemoryESEDI : OpKind.MemoryESRDI);
                break;
            case "al" or "ax" or "eax" or "rax":
                SetRegister(ref instruction, index, Enum.Parse<Register>(name, ignoreCase: true));
                break;
            default:
                SetRegisterOrImmediate(ref instruction, index, name);
                break;
        }
    }

    private void SetRegisterOrImmediate(ref Instruction instruction, int index, string name)
    {
        if (name.StartsWith("imm", StringComparison.Ordinal))
        {
            OpKind kind = name switch
            {
                "imm8" => OpKind.Immediate8,
                "imm8sex16" => OpKind.Immediate8to16,
                "imm8sex32" => OpKind.Immediate8to32,
                "imm8sex64" => OpKind.Immediate8to64,
                "imm16" => OpKind.Immediate16,
                "imm32" => OpKind.Immediate32,
                "imm32sex64" => OpKind.Immediate32to64,
                "imm64" => OpKind.Immediate64,
                _ => throw new InvalidOperationException(name),
            };
            instruction.SetOpKind(index, kind);
            ulong value = Interesting();
            instruction.SetImmediate(index, kind switch
            {
                OpKind.Immediate8 => (byte)value,
                OpKind.Immediate16 => (ushort)value,
                OpKind.Immediate32 => (uint)value,
                OpKind.Immediate64 => value,
                OpKind.Immediate32to64 => (ulong)(int)value,
                _ => (ulong)(sbyte)value,
            });
        }
        else if (name.StartsWith("r8", StringComparison.Ordinal))
        {
            SetRegister(ref instruction, index, s_byteRegisters[_random.Next(s_byteRegisters.Length)]);
        }
        else
        {
            Register first = name.StartsWith("r16", StringComparison.Ordinal) ? Register.AX
                : name.StartsWith("r32", StringComparison.Ordinal) ? Register.EAX
                : name.StartsWith("r64", StringComparison.Ordinal) ? Register.RAX : throw new InvalidOperationException(name);
            SetRegister(ref instruction, index, first + _random.Next(16));
        }
    }

    private static void SetRegister(ref Instruction instruction, int index, Register register)
    {
        instruction.SetOpKind(index, OpKind.Register);
        instruction.SetOpRegister(index, register);
    }

    private void SetMemory(ref Instruction instruction, int index)
    {
        // AH to BH cannot be named together with the REX prefix that R8 to R15 need.
        int registers = UsesHighByte(instruction) || UsesHighByteLater(instruction.Code) ? 8 : 16;
        Register first = _addressIs32 ? Register.EAX : Register.RAX;
        instruction.SetOpKind(index, OpKind.Memory);
        instruction.MemoryBase = first + _random.Next(registers);
        int indexRegister = _random.Next(registers);
        if (_random.Next(2) == 0 && indexRegister != 4 && first + indexRegister != instruction.MemoryBase)
        {
            instruction.MemoryIndex = first + indexRegister;
            instruction.MemoryIndexScale = 1 << _random.Next(4);
        }

        int displacement = _random.Next(3) switch
        {
            0 => 0,
            1 => (sbyte)_random.Next(256),
            _ => _random.Next(-0x4000_0000, 0x4000_0000),
        };
        instruction.MemoryDisplSize = displacement == 0 ? 0 : displacement is >= -128 and < 128 ? 1 : _addressIs32 ? 4 : 8;
        instruction.MemoryDisplacement64 = _addressIs32 ? (uint)displacement : (ulong)displacement;
    }

    private static bool UsesHighByte(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register && instruction.GetOpRegister(i) is >= Register.AH and <= Register.BH)
            {
                return true;
            }
        }

        return false;
    }

    private static bool UsesHighByteLater(Code code) => code.ToOpCode() is var info
        && Enumerable.Range(0, info.OpCount).Any(i => info.GetOpKind(i).ToString().StartsWith("r8", StringComparison.Ordinal));

    private void SetUpAddress(ref Instruction instruction)
    {
        ulong offset = instruction.MemoryDisplacement64;
        if (instruction.MemoryIndex != Register.None)
        {
            int index = (instruction.MemoryIndex - Register.EAX) & 15;
            offset += Values[index] * (ulong)instruction.MemoryIndexScale;
        }

        int number = (instruction.MemoryBase - Register.EAX) & 15;
        ulong value = Target() - offset;
        Values[number] = _addressIs32 ? (uint)value | ((ulong)(uint)_random.Next() << 32) : value;
        if (number == 4 && instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop)
        {
            // The stack has to be in the block too.
            Values[4] = _block + 0x1800;
            ulong displacement = (ulong)_random.Next(0, 0x100);
            instruction.MemoryIndex = Register.None;
            instruction.MemoryIndexScale = 1;
            instruction.MemoryDisplSize = _addressIs32 ? 4 : 8;
            instruction.MemoryDisplacement64 = displacement;
        }
    }

    private void SetUpString(ref Instruction instruction)
    {
        Values[6] = Target();
        Values[7] = _random.Next(3) == 0 ? Values[6] + (ulong)_random.Next(-16, 16) : Target();
        Values[1] = (ulong)_random.Next(0, 24);
        if (_addressIs32)
        {
            Values[6] |= (ulong)(uint)_random.Next() << 32;
            Values[7] |= (ulong)(uint)_random.Next() << 32;
            Values[1] |= Values[1] == 0 ? 0 : (ulong)(uint)_random.Next() << 32;
        }

        switch (_random.Next(3))
        {
            case 0:
                instruction.HasRepPrefix = true;
                break;
            case 1:
                instruction.HasRepnePrefix = true;
                break;
        }
    }

    private void LimitBitOffset(ref Instruction instruction)
    {
        Register register = instruction.Op1Register;
        int number = (register - Register.AX) & 15;
        bool inAddress = number == ((instruction.MemoryBase - Register.EAX) & 15)
            || (instruction.MemoryIndex != Register.None && number == ((instruction.MemoryIndex - Register.EAX) & 15));
        if (inAddress)
        {
            instruction.Op1Register = register + ((((number + 1) & 7) | (number & 8)) - number);
            LimitBitOffset(ref instruction);
            return;
        }

        long bit = _random.Next(-8 * 0x400, 8 * 0x400);
        int size = 16 << ((register - Register.AX) >> 4);
        ulong mask = size == 64 ? ulong.MaxValue : (1ul << size) - 1;
        Values[number] = (Values[number] & ~mask) | ((ulong)bit & mask);
    }

    /// <summary>An address in the middle of the block; near the inner page ends more often than chance would have it.</summary>
    private ulong Target() => _block + (_random.Next(3) switch
    {
        0 => (ulong)_random.Next(0x800, 0x2700),
        1 => (ulong)(0x1000 + _random.Next(-9, 9)),
        _ => (ulong)(0x2000 + _random.Next(-9, 9)),
    });

    private ulong Interesting() => _random.Next(5) switch
    {
        0 => (ulong)_random.NextInt64(long.MinValue, long.MaxValue),
        1 => 0,
        2 => ulong.MaxValue >> _random.Next(64),
        3 => 1ul << _random.Next(64),
        _ => (ulong)_random.Next(-4, 4),
    };
}
