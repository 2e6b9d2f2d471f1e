using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.TestGuest.Machine;

/// <summary>Instructions under test, and addresses that only assembly knows (Assembly/*.asm).</summary>
internal static unsafe class Probes
{
    /// <summary>The page-directory-pointer table; four entries are in use.</summary>
    [RuntimeImport("*", "TestGuest_PagePointers")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong* PagePointers();

    /// <summary>Three pages for page tables.</summary>
    [RuntimeImport("*", "TestGuest_SparePages")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong* SparePages();

    /// <summary>Room for 256 gates.</summary>
    [RuntimeImport("*", "TestGuest_InterruptTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong* InterruptTable();

    /// <summary>The memory of the core library's heap, 1 MiB.</summary>
    [RuntimeImport("*", "TestGuest_Arena")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte* Arena();

    /// <summary>The first of 256 entry points, 16 bytes apart.</summary>
    [RuntimeImport("*", "Interrupts_StubTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* InterruptStubs();

    /// <summary>The handler of the benchmarks' interrupt.</summary>
    [RuntimeImport("*", "Bench_InterruptHandler")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong BenchmarkHandler();

    /// <summary>CPUID with eight combinations of prefixes; how many returned what CPUID without returns.</summary>
    [RuntimeImport("*", "Probe_PrefixedCpuid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint PrefixedCpuid(uint leaf);

    /// <summary>RAX after IN.</summary>
    [RuntimeImport("*", "Probe_In8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong In8(ushort port, ulong rax);

    /// <summary>RAX after IN.</summary>
    [RuntimeImport("*", "Probe_In16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong In16(ushort port, ulong rax);

    /// <summary>RAX after IN.</summary>
    [RuntimeImport("*", "Probe_In32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong In32(ushort port, ulong rax);

    /// <summary>REP OUTSB; where RSI ended.</summary>
    [RuntimeImport("*", "Probe_OutString8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* OutString8(ushort port, void* buffer, uint count);

    /// <summary>REP INSB; where RDI ended.</summary>
    [RuntimeImport("*", "Probe_InString8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* InString8(ushort port, void* buffer, uint count);

    /// <summary>REP INSD with DF set; where RDI ended.</summary>
    [RuntimeImport("*", "Probe_InString32Down")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void* InString32Down(ushort port, void* buffer, uint count);

    /// <summary>MOVZX r32, m8.</summary>
    [RuntimeImport("*", "Probe_Load8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Load8(ulong address);

    /// <summary>MOVZX r32, m16.</summary>
    [RuntimeImport("*", "Probe_Load16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Load16(ulong address);

    /// <summary>MOV r32, m32: all of RAX.</summary>
    [RuntimeImport("*", "Probe_Load32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Load32(ulong address);

    /// <summary>MOVSX r64, m8.</summary>
    [RuntimeImport("*", "Probe_LoadSigned8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong LoadSigned8(ulong address);

    /// <summary>MOV r64, m64.</summary>
    [RuntimeImport("*", "Probe_Load64")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Load64(ulong address);

    /// <summary>MOV m8, r8.</summary>
    [RuntimeImport("*", "Probe_Store8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Store8(ulong address, ulong operand);

    /// <summary>MOV m32, r32.</summary>
    [RuntimeImport("*", "Probe_Store32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Store32(ulong address, ulong operand);

    /// <summary>MOV m32, 55000000h.</summary>
    [RuntimeImport("*", "Probe_StoreImmediate32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StoreImmediate32(ulong address, ulong operand);

    /// <summary>MOV m32, r32 with a scaled index.</summary>
    [RuntimeImport("*", "Probe_StoreIndexed32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StoreIndexed32(ulong address, ulong operand);

    /// <summary>OR m32, r32.</summary>
    [RuntimeImport("*", "Probe_Or32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Or32(ulong address, ulong operand);

    /// <summary>AND m32, r32.</summary>
    [RuntimeImport("*", "Probe_And32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void And32(ulong address, ulong operand);

    /// <summary>XOR m32, F000000h.</summary>
    [RuntimeImport("*", "Probe_Xor32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Xor32(ulong address, ulong operand);

    /// <summary>ADD m32, r32.</summary>
    [RuntimeImport("*", "Probe_Add32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Add32(ulong address, ulong operand);

    /// <summary>STOSD.</summary>
    [RuntimeImport("*", "Probe_StoreString32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StoreString32(ulong address, ulong operand);

    /// <summary>MOVSD from the first address to the second.</summary>
    [RuntimeImport("*", "Probe_MoveString32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void MoveString32(ulong address, ulong operand);

    /// <summary>XCHG m32, r32: the old value.</summary>
    [RuntimeImport("*", "Probe_Exchange32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Exchange32(ulong address, ulong operand);

    /// <summary>BTS m32, 25: the old bit.</summary>
    [RuntimeImport("*", "Probe_BitSet32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong BitSet32(ulong address, ulong operand);

    /// <summary>CMP m32, r32: the flags.</summary>
    [RuntimeImport("*", "Probe_CompareFlags32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong CompareFlags32(ulong address, ulong operand);

    /// <summary>TEST m32, r32: the flags.</summary>
    [RuntimeImport("*", "Probe_TestFlags32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong TestFlags32(ulong address, ulong operand);

    /// <summary>VMRUN.</summary>
    [RuntimeImport("*", "Probe_VmRun")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void VmRun(ulong vmcb);

    /// <summary>VMMCALL.</summary>
    [RuntimeImport("*", "Probe_VmmCall")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void VmmCall();

    /// <summary>MONITOR.</summary>
    [RuntimeImport("*", "Probe_Monitor")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Monitor(ulong address);

    /// <summary>INT 80h.</summary>
    [RuntimeImport("*", "Probe_SoftwareInterrupt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void SoftwareInterrupt();

    /// <summary>STI, CLI.</summary>
    [RuntimeImport("*", "Probe_StiCli")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StiCli();

    /// <summary>STI, NOP, NOP, CLI.</summary>
    [RuntimeImport("*", "Probe_StiNop")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StiNop();

    /// <summary>STI, CPUID, NOP, CLI: the address behind CPUID.</summary>
    [RuntimeImport("*", "Probe_StiCpuid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong StiCpuid();

    /// <summary>STI, MOV SS, NOP, NOP, CLI: the address behind MOV SS.</summary>
    [RuntimeImport("*", "Probe_StiMovSs")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong StiMovSs();

    /// <summary>CPUID with RFLAGS.TF set: the address behind it.</summary>
    [RuntimeImport("*", "Probe_SingleStep")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong SingleStep();

    /// <summary>An exception without an interrupt table. Does not return.</summary>
    [RuntimeImport("*", "Probe_TripleFault")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TripleFault();
}
