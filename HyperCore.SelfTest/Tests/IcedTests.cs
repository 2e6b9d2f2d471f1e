using System.Runtime;
using Iced.Intel;

namespace HyperCore.SelfTest.Tests;

/// <summary>Iced's decoder, taken unchanged from its package.</summary>
internal static class IcedTests
{
    internal static void Run()
    {
        nuint used = Arena.Used;
        var reader = new BytesReader();
        var decoder = Decoder.Create(64, reader);
        reader.Set([0x90]);
        decoder.Decode(out Instruction instruction);
        Report.Check("iced.starts", instruction.Code == Code.Nopd, "not nop");
        Report.Check("iced.memory", Arena.Used - used < 2 << 20, "more than 2 MiB");

        // mov dword ptr [rax+rcx*4+80h], 12345678h
        reader.Set([0xC7, 0x84, 0x88, 0x80, 0x00, 0x00, 0x00, 0x78, 0x56, 0x34, 0x12]);
        decoder.IP = 0x1000;
        decoder.Decode(out instruction);
        Report.Check("iced.mov-store", instruction.Code == Code.Mov_rm32_imm32 && instruction.Length == 11 && instruction.Immediate32 == 0x1234_5678, "wrong");
        Report.Check("iced.memory-operand", instruction.MemoryBase == Register.RAX && instruction.MemoryIndex == Register.RCX && instruction.MemoryIndexScale == 4 && instruction.MemoryDisplacement64 == 0x80, "wrong");
        Report.Equal("iced.ip", 0x100B, (long)decoder.IP);

        // rep movsq; movzx eax, word ptr [rip+10h]; lock xadd [r8], r9
        reader.Set([0xF3, 0x48, 0xA5, 0x0F, 0xB7, 0x05, 0x10, 0x00, 0x00, 0x00, 0xF0, 0x4D, 0x0F, 0xC1, 0x08]);
        ulong before = Arena.AllocationCount;
        decoder.Decode(out Instruction first);
        decoder.Decode(out Instruction second);
        decoder.Decode(out Instruction third);
        ulong allocations = Arena.AllocationCount - before;
        Report.Check("iced.rep-movs", first.Code == Code.Movsq_m64_m64 && first.HasRepPrefix, "wrong");
        Report.Check("iced.movzx", second.Mnemonic == Mnemonic.Movzx && second.IsIPRelativeMemoryOperand && second.MemorySize == MemorySize.UInt16, "wrong");
        Report.Check("iced.lock-xadd", third.Code == Code.Xadd_rm64_r64 && third.HasLockPrefix && third.Op1Register == Register.R9, "wrong");
        Report.Equal("iced.decode-allocates-nothing", 0, (long)allocations);

        reader.Set([0x0F, 0x0B]);
        decoder.Decode(out instruction);
        Report.Check("iced.ud2", instruction.Code == Code.Ud2, "wrong");
        reader.Set([0x06]);
        decoder.Decode(out instruction);
        Report.Check("iced.invalid", instruction.Code == Code.INVALID, "valid");

        var real = Decoder.Create(16, reader);
        reader.Set([0x67, 0x66, 0x89, 0x03]);
        real.Decode(out instruction);
        Report.Check("iced.16-bit", instruction.Code == Code.Mov_rm32_r32 && instruction.MemoryBase == Register.EBX, "wrong");

        // vaddps ymm1, ymm2, [rax]: the VEX tables too.
        reader.Set([0xC5, 0xEC, 0x58, 0x08]);
        decoder.Decode(out instruction);
        Report.Check("iced.vex", instruction.Mnemonic == Mnemonic.Vaddps && instruction.Op0Register == Register.YMM1, "wrong");
    }

    private sealed class BytesReader : CodeReader
    {
        private byte[] _bytes = [];
        private int _next;

        public override int ReadByte() => _next < _bytes.Length ? _bytes[_next++] : -1;

        internal void Set(byte[] bytes)
        {
            _bytes = bytes;
            _next = 0;
        }
    }
}
