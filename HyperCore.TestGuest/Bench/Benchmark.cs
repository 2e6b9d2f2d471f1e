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

    /// <summary>Runs every benchmark and prints a line each.</summary>
    public static void RunAll()
    {
        // The order is the one of scripts/bench.sh's table.
        Run("cpuid", &Loops.Cpuid, &Loops.CpuidEmpty);
        Run("cpuid-prefixed", &Loops.PrefixedCpuid, &Loops.PrefixedCpuidEmpty);
        Run("rdmsr", &Loops.ReadMsr, &Loops.ReadMsrEmpty);
        Run("wrmsr", &Loops.WriteMsr, &Loops.WriteMsrEmpty);
        Run("out", &Loops.OutScratch, &Loops.OutScratchEmpty);
        Run("in", &Loops.InScratch, &Loops.InScratchEmpty);
        Run("out-cmos", &Loops.OutCmos, &Loops.OutCmosEmpty);
        Run("apic-read", &Loops.ReadApic, &Loops.ReadApicEmpty);
        Run("apic-write", &Loops.WriteApic, &Loops.WriteApicEmpty);
        ulong before = Loops.InterruptCount();
        Run("self-ipi", &Loops.SelfIpi, &Loops.SelfIpiEmpty);
        Run("halt", &Loops.Halt, &Loops.HaltEmpty);
        ulong taken = Loops.InterruptCount() - before;
        Span<char> text = stackalloc char[64];
        const ulong Expected = 2 * ((Batches * Iterations) + 1);
        Report.Line(taken == Expected ? "bench done" : TextBuilder.Format(text, $"bench FAILED interrupts={taken} expected={Expected}"));
    }

    private static void Run(string name, delegate*<uint, ulong> operation, delegate*<uint, ulong> empty)
    {
        // The first batch fills whatever remembers something.
        operation(1);
        empty(1);
        Span<ulong> ticks = stackalloc ulong[Batches];
        for (int i = 0; i < Batches; i++)
        {
            Insert(ticks, i, operation(Iterations));
        }

        ulong overhead = ulong.MaxValue;
        for (int i = 0; i < Batches; i++)
        {
            overhead = Math.Min(overhead, empty(Iterations));
        }

        Span<char> text = stackalloc char[128];
        SerialPort.WriteLine(TextBuilder.Format(
            text,
            $"bench: {name} ticks={PerOperation(ticks[0], overhead)} median={PerOperation(ticks[Batches / 2], overhead)} iterations={Iterations}"));
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
