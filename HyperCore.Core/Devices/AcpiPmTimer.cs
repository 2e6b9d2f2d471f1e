using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// The ACPI power management timer: a free-running 32-bit counter at 3.579545 MHz (ACPI 6.5, 4.8.3.3). The count is computed
/// from the clock as a whole, so it never drifts against it.
/// </summary>
public sealed class AcpiPmTimer : Device
{
    /// <summary>First port.</summary>
    public const ushort FirstPort = PlatformLayout.PmTimerPort;

    /// <summary>Number of ports.</summary>
    public const int PortCount = 4;

    /// <summary>Counts in one second.</summary>
    public const uint Frequency = 3_579_545;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly Clock _clock;
    private ulong _start;

    /// <summary>Creates the timer; it counts from zero at <see cref="Reset"/>.</summary>
    public AcpiPmTimer(Clock clock)
    {
        _clock = clock;
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "ACPI PM timer";

    /// <summary>The count, not cut to 32 bits.</summary>
    public ulong Count
    {
        get
        {
            // floor(elapsed * F / 1e9), taken apart into whole seconds and the rest: exact, and neither product overflows.
            ulong elapsed = _clock.Now - _start;
            ulong seconds = elapsed / NanosecondsPerSecond;
            ulong rest = elapsed - (seconds * NanosecondsPerSecond);
            return (seconds * Frequency) + (rest * Frequency / NanosecondsPerSecond);
        }
    }

    /// <summary>The clock reading at which <see cref="Count"/> becomes <paramref name="count"/>.</summary>
    public ulong WhenCountReaches(ulong count)
    {
        ulong seconds = count / Frequency;
        ulong rest = count - (seconds * Frequency);
        return _start + (seconds * NanosecondsPerSecond) + (((rest * NanosecondsPerSecond) + Frequency - 1) / Frequency);
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        // Bytes beyond the register read as an empty bus.
        int offset = port - FirstPort;
        if ((uint)offset >= PortCount)
        {
            return 0xFFFF_FFFF;
        }

        ulong lane = (uint)Count | 0xFFFF_FFFF_0000_0000;
        return (uint)(lane >> (8 * offset));
    }

    /// <inheritdoc/>
    public override void Reset() => _start = _clock.Now;
}
