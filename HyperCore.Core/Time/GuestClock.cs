namespace HyperCore.Core.Time;

/// <summary>A VM's own clock: the host's time, and a time-stamp counter that started at zero when the VM was powered on.</summary>
public sealed class GuestClock : Clock
{
    private readonly Clock _host;

    /// <summary>Creates a clock whose TSC still equals the host's.</summary>
    public GuestClock(Clock host) => _host = host;

    /// <summary>What is added to the host's TSC.</summary>
    public ulong TscOffset { get; private set; }

    /// <inheritdoc/>
    public override ulong Now => _host.Now;

    /// <inheritdoc/>
    public override ulong Tsc => _host.Tsc + TscOffset;

    /// <inheritdoc/>
    public override ulong TscFrequency => _host.TscFrequency;

    /// <summary>Makes the TSC read <paramref name="value"/> now, as a write of IA32_TSC does.</summary>
    public void SetTsc(ulong value) => TscOffset = value - _host.Tsc;

    /// <inheritdoc/>
    public override ulong WhenTscReaches(ulong tsc) => (long)(tsc - Tsc) <= 0 ? _host.Now : _host.WhenTscReaches(tsc - TscOffset);
}
