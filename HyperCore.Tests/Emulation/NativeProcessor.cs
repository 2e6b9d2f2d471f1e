using System;
using System.IO;
using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace HyperCore.Tests.Emulation;

/// <summary>
/// Runs one instruction on the processor under the test process, with all registers, flags and a block of memory given. The block lies
/// below 2 GiB, so that 32-bit addressing reaches it.
/// </summary>
internal sealed unsafe class NativeProcessor : IDisposable
{
    public const int BlockSize = 0x3000;

    private const int StubSize = 0x1000;
    private const int FlagsSlot = 16;
    private const int HostStackSlot = 17;
    private const int ReadWriteExecute = 7;
    private const int PrivateAnonymous32Bit = 0x62;

    private readonly byte* _mapping;
    private readonly byte[] _before;
    private readonly byte[] _after;

    public NativeProcessor()
    {
        _mapping = (byte*)Map(0, StubSize + 0x1000 + BlockSize, ReadWriteExecute, PrivateAnonymous32Bit, -1, 0);
        if ((long)_mapping == -1)
        {
            throw new InvalidOperationException("mmap failed.");
        }

        _before = Assemble((ulong)(_mapping + StubSize), before: true);
        _after = Assemble((ulong)(_mapping + StubSize), before: false);
    }

    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public Span<byte> Block => new(_mapping + StubSize + 0x1000, BlockSize);

    public ulong BlockAddress => (ulong)(_mapping + StubSize + 0x1000);

    public void Run(ReadOnlySpan<byte> instruction, Span<ulong> registers, ref ulong flags)
    {
        ulong* state = (ulong*)(_mapping + StubSize);
        registers.CopyTo(new Span<ulong>(state, 16));
        state[FlagsSlot] = flags;
        var stub = new Span<byte>(_mapping, StubSize);
        _before.CopyTo(stub);
        instruction.CopyTo(stub.Slice(_before.Length));
        _after.CopyTo(stub.Slice(_before.Length + instruction.Length));
        ((delegate* unmanaged<void>)_mapping)();
        new Span<ulong>(state, 16).CopyTo(registers);
        flags = state[FlagsSlot];
    }

    public void Dispose() => Unmap(_mapping, StubSize + 0x1000 + BlockSize);

    /// <summary>The stub before (or after) the instruction. It names absolute addresses only, so it can lie anywhere.</summary>
    private static byte[] Assemble(ulong state, bool before)
    {
        AssemblerRegister64[] saved = [rbx, rbp, r12, r13, r14, r15];
        AssemblerRegister64[] order = [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
        var assembler = new Assembler(64);
        if (before)
        {
            foreach (AssemblerRegister64 register in saved)
            {
                assembler.push(register);
            }

            assembler.mov(__qword_ptr[state + (HostStackSlot * 8)], rsp);
            assembler.push(__qword_ptr[state + (FlagsSlot * 8)]);
            assembler.popfq();
            for (int i = 0; i < order.Length; i++)
            {
                assembler.mov(order[i], __qword_ptr[state + (ulong)(i * 8)]);
            }
        }
        else
        {
            for (int i = 0; i < order.Length; i++)
            {
                assembler.mov(__qword_ptr[state + (ulong)(i * 8)], order[i]);
            }

            assembler.mov(rsp, __qword_ptr[state + (HostStackSlot * 8)]);
            assembler.pushfq();
            assembler.pop(__qword_ptr[state + (FlagsSlot * 8)]);
            assembler.cld();
            for (int i = saved.Length - 1; i >= 0; i--)
            {
                assembler.pop(saved[i]);
            }

            assembler.ret();
        }

        using var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), 0);
        return code.ToArray();
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern void* Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nint length);
}
