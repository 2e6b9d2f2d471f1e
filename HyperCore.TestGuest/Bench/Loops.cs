using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.TestGuest.Bench;

/// <summary>The loops of Assembly/Benchmarks.asm: each takes the number of iterations and returns the ticks of all of them.</summary>
internal static class Loops
{
    public static ulong Nop(uint iterations) => NopCore(iterations);

    public static ulong NopEmpty(uint iterations) => NopEmptyCore(iterations);

    public static ulong Cpuid(uint iterations) => CpuidCore(iterations);

    public static ulong CpuidEmpty(uint iterations) => CpuidEmptyCore(iterations);

    public static ulong PrefixedCpuid(uint iterations) => PrefixedCpuidCore(iterations);

    public static ulong PrefixedCpuidEmpty(uint iterations) => PrefixedCpuidEmptyCore(iterations);

    public static ulong ReadMsr(uint iterations) => ReadMsrCore(iterations);

    public static ulong ReadMsrEmpty(uint iterations) => ReadMsrEmptyCore(iterations);

    public static ulong WriteMsr(uint iterations) => WriteMsrCore(iterations);

    public static ulong WriteMsrEmpty(uint iterations) => WriteMsrEmptyCore(iterations);

    public static ulong OutScratch(uint iterations) => OutScratchCore(iterations);

    public static ulong OutScratchEmpty(uint iterations) => OutScratchEmptyCore(iterations);

    public static ulong InScratch(uint iterations) => InScratchCore(iterations);

    public static ulong InScratchEmpty(uint iterations) => InScratchEmptyCore(iterations);

    public static ulong OutCmos(uint iterations) => OutCmosCore(iterations);

    public static ulong OutCmosEmpty(uint iterations) => OutCmosEmptyCore(iterations);

    public static ulong ReadApic(uint iterations) => ReadApicCore(iterations);

    public static ulong ReadApicEmpty(uint iterations) => ReadApicEmptyCore(iterations);

    public static ulong WriteApic(uint iterations) => WriteApicCore(iterations);

    public static ulong WriteApicEmpty(uint iterations) => WriteApicEmptyCore(iterations);

    public static ulong SelfIpi(uint iterations) => SelfIpiCore(iterations);

    public static ulong SelfIpiEmpty(uint iterations) => SelfIpiEmptyCore(iterations);

    public static ulong Halt(uint iterations) => HaltCore(iterations);

    public static ulong HaltEmpty(uint iterations) => HaltEmptyCore(iterations);

    /// <summary>Interrupts that the loops have taken.</summary>
    [RuntimeImport("*", "Bench_InterruptCount")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong InterruptCount();

    [RuntimeImport("*", "Bench_Nop")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong NopCore(uint iterations);

    [RuntimeImport("*", "Bench_Nop_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong NopEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_Cpuid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong CpuidCore(uint iterations);

    [RuntimeImport("*", "Bench_Cpuid_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong CpuidEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_PrefixedCpuid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong PrefixedCpuidCore(uint iterations);

    [RuntimeImport("*", "Bench_PrefixedCpuid_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong PrefixedCpuidEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_ReadMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadMsrCore(uint iterations);

    [RuntimeImport("*", "Bench_ReadMsr_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadMsrEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_WriteMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong WriteMsrCore(uint iterations);

    [RuntimeImport("*", "Bench_WriteMsr_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong WriteMsrEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_OutScratch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong OutScratchCore(uint iterations);

    [RuntimeImport("*", "Bench_OutScratch_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong OutScratchEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_InScratch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong InScratchCore(uint iterations);

    [RuntimeImport("*", "Bench_InScratch_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong InScratchEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_OutCmos")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong OutCmosCore(uint iterations);

    [RuntimeImport("*", "Bench_OutCmos_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong OutCmosEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_ReadApic")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadApicCore(uint iterations);

    [RuntimeImport("*", "Bench_ReadApic_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadApicEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_WriteApic")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong WriteApicCore(uint iterations);

    [RuntimeImport("*", "Bench_WriteApic_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong WriteApicEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_SelfIpi")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong SelfIpiCore(uint iterations);

    [RuntimeImport("*", "Bench_SelfIpi_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong SelfIpiEmptyCore(uint iterations);

    [RuntimeImport("*", "Bench_Halt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong HaltCore(uint iterations);

    [RuntimeImport("*", "Bench_Halt_Empty")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong HaltEmptyCore(uint iterations);
}
