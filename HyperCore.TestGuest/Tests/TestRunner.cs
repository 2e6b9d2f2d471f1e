using System;
using HyperCore.Core.Diagnostics;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Tests;

/// <summary>Runs the tests that the command line names, or all.</summary>
internal static unsafe class TestRunner
{
    private static GuestTest s_current;
    private static Check? s_check;

    /// <summary>Runs tests and says how many passed.</summary>
    public static void Run(scoped ReadOnlySpan<char> words, bool isHyperCore)
    {
        var check = new Check(isHyperCore);
        GuestTest[] tests = All();
        bool all = true;
        for (int i = 0; i < tests.Length; i++)
        {
            all &= !CommandLine.Contains(words, tests[i].Name);
        }

        int passed = 0;
        int failed = 0;
        for (int i = 0; i < tests.Length; i++)
        {
            if (!all && !CommandLine.Contains(words, tests[i].Name))
            {
                continue;
            }

            Run(tests[i], check);
            passed += check.Failed || check.Skipped ? 0 : 1;
            failed += check.Failed ? 1 : 0;
        }

        Span<char> text = stackalloc char[64];
        Report.Line(TextBuilder.Format(text, $"{passed} passed, {failed} failed"));
    }

    private static GuestTest[] All() =>
    [
        new("cpuid", &ProcessorTests.Cpuid),
        new("cpuid-prefix", &ProcessorTests.CpuidPrefix),
        new("virtualization-hidden", &ProcessorTests.VirtualizationHidden),
        new("control-registers", &ProcessorTests.ControlRegisters),
        new("undefined", &ProcessorTests.Undefined),
        new("msr", &ProcessorTests.Msr),
        new("msr-unknown", &ProcessorTests.MsrUnknown),
        new("xcr0", &ProcessorTests.Xcr0),
        new("int-n", &ProcessorTests.SoftwareInterrupt),
        new("single-step", &ProcessorTests.SingleStep),
        new("page-fault", &MemoryTests.PageFault),
        new("unmapped", &MemoryTests.Unmapped),
        new("apic-mmio", &MemoryTests.ApicMmio),
        new("apic-mapped", &MemoryTests.ApicMapped),
        new("ecam-mmio", &MemoryTests.EcamMmio),
        new("port-io", &PortTests.PortIo),
        new("string-io", &PortTests.StringIo),
        new("pci", &PortTests.Pci),
        new("display", &DisplayTests.Registers),
        new("video-memory", &DisplayTests.VideoMemory),
        new("display-hostile", &DisplayTests.Hostile),
        new("rtc", &PortTests.Rtc),
        new("pm-timer", &PortTests.PmTimerRuns),
        new("self-ipi", &InterruptTests.SelfIpi),
        new("interrupts-off", &InterruptTests.InterruptsOff),
        new("interrupt-shadow", &InterruptTests.InterruptShadow),
        new("task-priority", &InterruptTests.TaskPriority),
        new("task-priority-raised", &InterruptTests.TaskPriorityRaised),
        new("nmi", &InterruptTests.Nmi),
        new("apic-timer", &InterruptTests.ApicTimer),
        new("tsc-deadline", &InterruptTests.TscDeadline),
        new("pit-pic", &InterruptTests.PitPic),
        new("pit-ioapic", &InterruptTests.PitIoApic),
        new("uart-ioapic", &InterruptTests.UartIoApic),
        new("halt", &InterruptTests.Halt),
        new("x2apic", &InterruptTests.X2Apic),
    ];

    private static void Run(GuestTest test, Check check)
    {
        check.Begin();
        s_current = test;
        s_check = check;
        if (!Guard.Try(&RunCurrent))
        {
            check.Exception(Interrupts.LastException, Interrupts.LastErrorCode, Interrupts.LastExceptionRip);
        }

        Span<char> text = stackalloc char[200];
        Report.Result(test.Name, check.Failed ? TextBuilder.Format(text, $"FAILED {check.Detail}") : check.Skipped ? TextBuilder.Format(text, $"skipped: {check.Detail}") : "ok".AsSpan());
    }

    private static void RunCurrent(ulong first, ulong second) => s_current.Run(s_check!);
}
