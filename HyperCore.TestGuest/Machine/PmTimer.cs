using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>The ACPI PM timer: the clock of the tests (ACPI 6.5, 4.8.3.3).</summary>
internal static class PmTimer
{
    private const uint TicksPerMillisecond = 3580;

    // The register may have 24 or 32 bits: as 24 it wraps after 4.6 seconds.
    private const uint Mask = 0xFF_FFFF;

    public static uint Read() => Intrinsics.In32(PlatformLayout.PmTimerPort);

    /// <summary>Whole milliseconds since <paramref name="start"/>; less than four seconds.</summary>
    public static uint MillisecondsSince(uint start) => ((Read() - start) & Mask) / TicksPerMillisecond;

    /// <summary>Waits.</summary>
    public static void Wait(uint milliseconds)
    {
        uint start = Read();
        while (MillisecondsSince(start) < milliseconds)
        {
            Intrinsics.Pause();
        }
    }

    /// <summary>Lets interrupts in until a vector has come <paramref name="count"/> times, or two seconds are over.</summary>
    /// <returns>It has come often enough.</returns>
    public static bool WaitFor(int vector, uint count)
    {
        uint start = Read();
        Intrinsics.EnableInterrupts();
        while (Interrupts.Count(vector) < count && MillisecondsSince(start) < 2000)
        {
            Intrinsics.Pause();
        }

        Intrinsics.DisableInterrupts();
        return Interrupts.Count(vector) >= count;
    }
}
