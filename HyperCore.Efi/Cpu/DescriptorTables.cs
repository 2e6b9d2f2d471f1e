using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// GDT and task-state segment of one pCPU, and the IDT that all share. The interrupts that can arrive while the stack is unusable have stacks of their own
/// (AMD APM vol. 2, 8.9.4).
/// </summary>
public sealed unsafe class DescriptorTables
{
    /// <summary>How many stacks of their own interrupts need: NMI, double fault, machine check, page fault, in this order.</summary>
    public const int StackCount = 4;

    /// <summary>Selector of 64-bit code.</summary>
    public const ushort CodeSelector = 0x08;

    /// <summary>Selector of data and stack.</summary>
    public const ushort DataSelector = 0x10;

    /// <summary>Selector of the task-state segment.</summary>
    public const ushort TaskSelector = 0x18;

    private const int OwnLength = 0xC0;
    private const int IdtLength = VectorCount * GateLength;
    private const int MemoryAlignment = 64;
    private const int VectorCount = 256;
    private const int GateLength = 16;
    private const int GdtLength = 0x28;
    private const int TssOffset = 0x40;
    private const int TssLength = 0x68;
    private const int TssIst1Offset = 0x24;
    private const int TssIoMapBaseOffset = 0x66;
    private const int StubLength = 16;

    // AMD APM vol. 2, 4.8: accessed code and data, present, long mode code.
    private const ulong CodeDescriptor = 0x00AF_9B00_0000_FFFF;
    private const ulong DataDescriptor = 0x00CF_9300_0000_FFFF;

    // Present, type 9: available 64-bit TSS; type Eh: 64-bit interrupt gate, which clears RFLAGS.IF.
    private const ulong TssType = 0x89;
    private const ulong InterruptGateType = 0x8E;

    private readonly byte[] _storage;
    private readonly byte* _memory;
    private readonly byte* _idt;

    /// <summary>Builds the tables; nothing is loaded yet.</summary>
    /// <param name="stackTops">First address above each of the <see cref="StackCount"/> stacks, aligned to 16.</param>
    /// <param name="shared">The tables of another pCPU, whose IDT is used; null for one of its own.</param>
    public DescriptorTables(ReadOnlySpan<ulong> stackTops, DescriptorTables? shared = null)
    {
        // Objects never move here, so the processor can be given the address of one.
        _storage = new byte[OwnLength + (shared == null ? IdtLength : 0) + MemoryAlignment];
        _memory = (byte*)(((ulong)Unsafe.AsPointer(ref _storage[0]) + MemoryAlignment - 1) & ~(ulong)(MemoryAlignment - 1));
        BuildGdt();
        BuildTss(stackTops);
        if (shared != null)
        {
            _idt = shared._idt;
            return;
        }

        _idt = _memory + OwnLength;
        BuildIdt();
    }

    /// <summary>Makes the calling pCPU use them. Interrupts must be off.</summary>
    public void Load()
    {
        DescriptorTableRegister gdt;
        gdt.Limit = GdtLength - 1;
        gdt.Base = (ulong)_memory;
        Intrinsics.LoadGdt(&gdt);
        Intrinsics.LoadSegments(CodeSelector, DataSelector);

        // LTR wants an available TSS, and leaves it busy; the tables may be loaded again.
        ((ulong*)_memory)[TaskSelector / sizeof(ulong)] &= ~(2ul << 40);
        Intrinsics.LoadTaskRegister(TaskSelector);
        DescriptorTableRegister idt;
        idt.Limit = IdtLength - 1;
        idt.Base = (ulong)_idt;
        Intrinsics.LoadIdt(&idt);
    }

    /// <summary>The base of the TSS that a GDT of this class describes: Intel's VM exits want to be told.</summary>
    /// <param name="gdt">The address of the GDT.</param>
    public static ulong TaskBaseOf(ulong gdt)
    {
        ulong* descriptor = (ulong*)(gdt + TaskSelector);
        return (descriptor[0] >> 16 & 0xFF_FFFF) | (descriptor[0] >> 32 & 0xFF00_0000) | descriptor[1] << 32;
    }

    private static int StackOf(int vector) => vector switch
    {
        2 => 1,
        8 => 2,
        18 => 3,
        14 => 4,
        _ => 0,
    };

    private void BuildGdt()
    {
        ulong* gdt = (ulong*)_memory;
        ulong tss = (ulong)(_memory + TssOffset);
        gdt[CodeSelector / sizeof(ulong)] = CodeDescriptor;
        gdt[DataSelector / sizeof(ulong)] = DataDescriptor;
        gdt[TaskSelector / sizeof(ulong)] = (TssLength - 1) | ((tss & 0xFF_FFFF) << 16) | (TssType << 40) | ((tss & 0xFF00_0000) << 32);
        gdt[(TaskSelector / sizeof(ulong)) + 1] = tss >> 32;
    }

    private void BuildTss(ReadOnlySpan<ulong> stackTops)
    {
        byte* tss = _memory + TssOffset;
        for (int i = 0; i < StackCount; i++)
        {
            Unsafe.WriteUnaligned(tss + TssIst1Offset + (i * sizeof(ulong)), stackTops[i]);
        }

        // Beyond the limit: no I/O permission map.
        Unsafe.WriteUnaligned(tss + TssIoMapBaseOffset, (ushort)TssLength);
    }

    private void BuildIdt()
    {
        byte* stubs = StubTable();
        for (int vector = 0; vector < VectorCount; vector++)
        {
            ulong entry = (ulong)(stubs + (vector * StubLength));
            ulong* gate = (ulong*)(_idt + (vector * GateLength));
            gate[0] = (entry & 0xFFFF) | ((ulong)CodeSelector << 16) | ((ulong)StackOf(vector) << 32) | (InterruptGateType << 40) | (((entry >> 16) & 0xFFFF) << 48);
            gate[1] = entry >> 32;
        }
    }

    [RuntimeImport("*", "Interrupts_StubTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* StubTable();
}
