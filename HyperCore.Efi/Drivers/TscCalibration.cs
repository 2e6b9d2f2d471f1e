using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>Measures the frequency of the time-stamp counter.</summary>
internal static class TscCalibration
{
    /// <summary>Frequency of the ACPI power management timer in Hz (ACPI 6.5, 4.8.2.1).</summary>
    private const ulong PmTimerFrequency = 3_579_545;

    /// <summary>Frequency of the 8254's input in Hz.</summary>
    private const ulong PitFrequency = 1_193_182;

    private const uint LeafTsc = 0x15;
    private const uint LeafFrequency = 0x16;
    private const uint LeafHypervisor = 0x4000_0000;
    private const uint LeafHypervisorTiming = 0x4000_0010;
    private const uint CpuidHypervisor = 1u << 31;

    // 20 ms of the PM timer each; a run that something interrupted measures too few or too many, so the one in the middle counts.
    private const uint PmTimerTicks = 71_591;
    private const ushort PitTicks = 23_864;
    private const int MaxPolls = 20_000_000;
    private const ulong MinFrequency = 1_000_000;
    private const ulong LastResort = 1_000_000_000;

    /// <summary>The frequency in Hz. What the processor states counts when a measurement agrees within 2 %, or none can be made.</summary>
    public static ulong Measure(HostFadt? fadt, out string source)
    {
        ulong measured = MeasureThreeTimes(fadt, out string measuredBy);
        ulong stated = Stated(out string statedBy);
        if (stated >= MinFrequency && (measured == 0 || Agree(stated, measured)))
        {
            source = statedBy;
            return stated;
        }

        if (measured != 0)
        {
            source = measuredBy;
            return measured;
        }

        Intrinsics.Cpuid(0, 0, out uint maxLeaf, out _, out _, out _);
        if (maxLeaf >= LeafFrequency)
        {
            Intrinsics.Cpuid(LeafFrequency, 0, out uint megahertz, out _, out _, out _);
            if ((megahertz & 0xFFFF) >= 10)
            {
                source = "CPUID leaf 16h, unchecked";
                return (megahertz & 0xFFFF) * 1_000_000ul;
            }
        }

        source = "assumed: no timer to measure it with";
        return LastResort;
    }

    private static ulong Stated(out string source)
    {
        source = "CPUID leaf 15h";
        Intrinsics.Cpuid(0, 0, out uint maxLeaf, out _, out _, out _);
        if (maxLeaf >= LeafTsc)
        {
            // TSC = crystal * EBX / EAX (Intel SDM vol. 2A, CPUID leaf 15h).
            Intrinsics.Cpuid(LeafTsc, 0, out uint denominator, out uint numerator, out uint crystal, out _);
            if (denominator != 0 && numerator != 0 && crystal != 0)
            {
                return (ulong)crystal * numerator / denominator;
            }
        }

        source = "hypervisor's CPUID leaf 40000010h";
        Intrinsics.Cpuid(1, 0, out _, out _, out uint features, out _);
        if ((features & CpuidHypervisor) != 0)
        {
            Intrinsics.Cpuid(LeafHypervisor, 0, out uint maxHypervisorLeaf, out _, out _, out _);
            if (maxHypervisorLeaf is >= LeafHypervisorTiming and < LeafHypervisor + 0x100)
            {
                Intrinsics.Cpuid(LeafHypervisorTiming, 0, out uint kilohertz, out _, out _, out _);
                return kilohertz * 1000ul;
            }
        }

        return 0;
    }

    private static bool Agree(ulong a, ulong b) => (a > b ? a - b : b - a) < b / 50;

    private static ulong MeasureThreeTimes(HostFadt? fadt, out string source)
    {
        bool hasPmTimer = fadt != null && PmTimerRuns(fadt);
        source = hasPmTimer ? "measured with the ACPI PM timer" : "measured with the 8254";
        ulong a = MeasureOnce(fadt, hasPmTimer);
        ulong b = MeasureOnce(fadt, hasPmTimer);
        ulong c = MeasureOnce(fadt, hasPmTimer);
        ulong low = a < b ? a : b;
        ulong high = a < b ? b : a;
        ulong middle = c < low ? low : c > high ? high : c;
        return middle is >= MinFrequency and <= TscScale.MaxFrequency ? middle : 0;
    }

    private static ulong MeasureOnce(HostFadt? fadt, bool hasPmTimer) => hasPmTimer ? MeasureWithPmTimer(fadt!) : MeasureWithPit();

    private static bool PmTimerRuns(HostFadt fadt)
    {
        if (fadt.IsHardwareReduced || fadt.PmTimer.Address == 0 || (!fadt.PmTimer.IsPort && fadt.PmTimer.Space != GenericAddress.SystemMemory))
        {
            return false;
        }

        uint first = ReadPmTimer(fadt);
        for (int i = 0; i < 1000; i++)
        {
            if (ReadPmTimer(fadt) != first)
            {
                return true;
            }
        }

        return false;
    }

    private static uint ReadPmTimer(HostFadt fadt)
    {
        // The upper 8 bits of a 24-bit timer read as zero or as rubbish; a 20 ms run fits in 24 bits either way.
        uint value = fadt.PmTimer.IsPort ? Intrinsics.In32((ushort)fadt.PmTimer.Address) : Intrinsics.ReadMemory32(fadt.PmTimer.Address);
        return value & 0xFF_FFFF;
    }

    private static ulong MeasureWithPmTimer(HostFadt fadt)
    {
        ulong startTsc = ReadTogether(fadt, out uint start);
        uint elapsed = 0;
        ulong endTsc = startTsc;
        for (int i = 0; i < MaxPolls && elapsed < PmTimerTicks; i++)
        {
            elapsed = (ReadPmTimer(fadt) - start) & 0xFF_FFFF;
        }

        endTsc = ReadTogether(fadt, out uint end);
        elapsed = (end - start) & 0xFF_FFFF;
        return elapsed < PmTimerTicks ? 0 : WideMath.MultiplyDivide(endTsc - startTsc, PmTimerFrequency, elapsed);
    }

    /// <summary>The TSC in the middle of the fastest of several timer reads, and that read.</summary>
    private static ulong ReadTogether(HostFadt fadt, out uint timer)
    {
        ulong best = ulong.MaxValue;
        ulong middle = 0;
        timer = 0;
        for (int i = 0; i < 8; i++)
        {
            ulong before = Intrinsics.ReadTscOrdered();
            uint value = ReadPmTimer(fadt);
            ulong took = Intrinsics.ReadTscOrdered() - before;
            if (took < best)
            {
                best = took;
                middle = before + (took / 2);
                timer = value;
            }
        }

        return middle;
    }

    private static ulong MeasureWithPit()
    {
        // Channel 2 counts while its gate, bit 0 of port 61h, is high, and shows its output in bit 5 (Intel 8254 data sheet, mode 0).
        const ushort Gate = 0x61;
        const ushort Channel2 = 0x42;
        const ushort Control = 0x43;
        const byte OutputHigh = 0x20;
        const byte LatchChannel2 = 0x80;
        byte gate = (byte)(Intrinsics.In8(Gate) & ~0x03);
        Intrinsics.Out8(Gate, (byte)(gate | 1));
        Intrinsics.Out8(Control, 0xB0);
        Intrinsics.Out8(Channel2, unchecked((byte)PitTicks));
        Intrinsics.Out8(Channel2, PitTicks >> 8);
        ulong start = Intrinsics.ReadTscOrdered();
        bool ended = false;
        for (int i = 0; i < MaxPolls && !ended; i++)
        {
            ended = (Intrinsics.In8(Gate) & OutputHigh) != 0;
        }

        // The count goes on below zero, so what came too late is known.
        ulong end = Intrinsics.ReadTscOrdered();
        Intrinsics.Out8(Control, LatchChannel2);
        uint count = Intrinsics.In8(Channel2);
        count |= (uint)Intrinsics.In8(Channel2) << 8;
        Intrinsics.Out8(Gate, gate);
        return ended ? WideMath.MultiplyDivide(end - start, PitFrequency, PitTicks + ((0x1_0000 - count) & 0xFFFF)) : 0;
    }
}
