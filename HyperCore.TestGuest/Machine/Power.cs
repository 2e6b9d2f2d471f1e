using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>The ways to end.</summary>
internal static class Power
{
    private const ushort SleepEnable = 1 << 13;

    /// <summary>Switches the machine off by ACPI (ACPI 6.5, 4.8.3.2.1).</summary>
    public static void Off()
    {
        Intrinsics.Out16(PlatformLayout.Pm1ControlPort, (ushort)((PlatformLayout.SleepTypeOff << 10) | SleepEnable));

        // QEMU's own machines know soft off as sleep type 0.
        Intrinsics.Out16(PlatformLayout.Pm1ControlPort, SleepEnable);
        Stop();
    }

    /// <summary>Resets the machine.</summary>
    public static void Reset()
    {
        Intrinsics.Out8(PlatformLayout.ResetPort, PlatformLayout.ResetValue);
        Stop();
    }

    /// <summary>Runs for ever.</summary>
    public static void Hang()
    {
        while (true)
        {
            Intrinsics.Pause();
        }
    }

    /// <summary>HLT with interrupts off: nothing but an NMI or a reset ends it.</summary>
    public static void Stop()
    {
        while (true)
        {
            Intrinsics.DisableInterrupts();
            Intrinsics.Halt();
        }
    }
}
