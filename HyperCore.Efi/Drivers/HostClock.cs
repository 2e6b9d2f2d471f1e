using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>Time by the time-stamp counter, from the moment HyperCore was started; the same on every pCPU.</summary>
public sealed class HostClock : Clock
{
    private readonly TscScale _scale;
    private readonly ulong _start;

    private HostClock(ulong frequency, string source, ulong startTsc)
    {
        _scale = new TscScale(frequency);
        _start = startTsc;
        Source = source;
    }

    /// <summary>What the frequency was taken from, for people to read.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public override ulong Now => _scale.ToNanoseconds(PcpuBlock.ReadTsc() - _start);

    /// <inheritdoc/>
    public override ulong Tsc => PcpuBlock.ReadTsc();

    /// <inheritdoc/>
    public override ulong TscFrequency => _scale.Frequency;

    /// <summary>Finds out how fast the TSC runs. Takes about 60 ms.</summary>
    /// <param name="fadt">The machine's FADT, which names the PM timer; null when it has none.</param>
    /// <param name="startTsc">The time-stamp counter at time 0.</param>
    public static HostClock Create(HostFadt? fadt, ulong startTsc)
    {
        ulong frequency = TscCalibration.Measure(fadt, out string source);
        return new HostClock(frequency, source, startTsc);
    }

    /// <inheritdoc/>
    public override ulong WhenTscReaches(ulong tsc)
    {
        ulong now = PcpuBlock.ReadTsc();

        // The difference as a signed number: a deadline that lies behind is past, not an age away.
        long ahead = (long)(tsc - now);
        return ahead <= 0 ? _scale.ToNanoseconds(now - _start) : _scale.ToNanoseconds(tsc - _start) + 1;
    }

    /// <summary>The TSC at which <see cref="Now"/> has surely reached <paramref name="time"/>.</summary>
    public ulong TscAt(ulong time)
    {
        ulong ticks = _scale.ToTicksRoundUp(time);
        return ticks > ulong.MaxValue - _start ? ulong.MaxValue : ticks + _start;
    }
}
