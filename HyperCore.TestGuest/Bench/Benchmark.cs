using System;
using HyperCore.Core.Diagnostics;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Bench;

/// <summary>
/// Measures what operations cost in TSC ticks. The loop around them is measured without the operation, and subtracted. The smallest of several
/// batches counts: it is the one that nothing else disturbed; the median shows how usual it is.
/// </summary>
internal static unsafe class Benchmark
{
    private const int Batches = 15;
    private const uint Iterations = 200;

    /// <summary>Runs the benchmarks that the command line names, or all, and prints a line each.</summary>
    public static void Run(scoped ReadOnlySpan<char> words)
    {
        BenchmarkLoop[] loops = All();
        bool all = true;
        for (int i = 0; i < loops.Length; i++)
        {
            all &= !CommandLine.Contains(words, loops[i].Name);
        }

        ulong expected = Loops.InterruptCount();
        for (int i = 0; i < loops.Length; i++)
        {
            if (all || CommandLine.Contains(words, loops[i].Name))
            {
                Run(loops[i]);
                expected += loops[i].Interrupts ? (Batches * Iterations) + 1 : 0;
            }
        }

        ulong taken = Loops.InterruptCount();
        Span<char> text = stackalloc char[64];
        Report.Line(taken == expected ? "bench done" : TextBuilder.Format(text, $"bench FAILED interrupts={taken} expected={expected}"));
    }

    private static BenchmarkLoop[] All() =>
    [
        new("nop-100", &Loops.Nop, &Loops.NopEmpty),
        new("cpuid", &Loops.Cpuid, &Loops.CpuidEmpty),
        new("cpuid-prefixed", &Loops.PrefixedCpuid, &Loops.PrefixedCpuidEmpty),
        new("rdmsr", &Loops.ReadMsr, &Loops.ReadMsrEmpty),
        new("wrmsr", &Loops.WriteMsr, &Loops.WriteMsrEmpty),
        new("out", &Loops.OutScratch, &Loops.OutScratchEmpty),
        new("in", &Loops.InScratch, &Loops.InScratchEmpty),
        new("out-cmos", &Loops.OutCmos, &Loops.OutCmosEmpty),
        new("apic-read", &Loops.ReadApic, &Loops.ReadApicEmpty),
        new("apic-write", &Loops.WriteApic, &Loops.WriteApicEmpty),
        new("self-ipi", &Loops.SelfIpi, &Loops.SelfIpiEmpty, interrupts: true),
        new("halt", &Loops.Halt, &Loops.HaltEmpty, interrupts: true),
    ];

    private static void Run(BenchmarkLoop loop)
    {
        // The first round fills whatever remembers something.
        loop.Operation(1);
        loop.Empty(1);
        Span<ulong> ticks = stackalloc ulong[Batches];
        for (int i = 0; i < Batches; i++)
        {
            Insert(ticks, i, loop.Operation(Iterations));
        }

        ulong overhead = ulong.MaxValue;
        for (int i = 0; i < Batches; i++)
        {
            overhead = Math.Min(overhead, loop.Empty(Iterations));
        }

        Span<char> text = stackalloc char[128];
        SerialPort.WriteLine(TextBuilder.Format(
            text,
            $"bench: {loop.Name} ticks={PerOperation(ticks[0], overhead)} median={PerOperation(ticks[Batches / 2], overhead)} iterations={Iterations}"));
    }

    private static ulong PerOperation(ulong ticks, ulong overhead) => ticks < overhead ? 0 : (ticks - overhead + (Iterations / 2)) / Iterations;

    // Keeps the first so many sorted.
    private static void Insert(Span<ulong> sorted, int count, ulong value)
    {
        int at = count;
        while (at > 0 && sorted[at - 1] > value)
        {
            sorted[at] = sorted[at - 1];
            at--;
        }

        sorted[at] = value;
    }
}
