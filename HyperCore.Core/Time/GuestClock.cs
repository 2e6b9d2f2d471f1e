namespace HyperCore.Core.Time;

/// <summary>
/// A VM's own clock: the host's time without that during which the VM was paused, and a time-stamp counter that started at zero when the VM
/// was powered on and stands still while it is paused. The vCPUs see it through a <see cref="VcpuClock"/> each.
/// </summary>
public sealed class GuestClock : Clock
{
    private readonly Clock _host;
    private ulong _pausedAt;
    private ulong _pausedTsc;
    private ulong _missed;

    /// <summary>Creates a clock whose TSC still equals the host's.</summary>
    public GuestClock(Clock host) => _host = host;

    /// <summary>What is added to the host's TSC. It changes at <see cref="SetTsc"/> and <see cref="Resume"/>.</summary>
    public ulong TscOffset { get; private set; }

    /// <summary>The clock stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <inheritdoc/>
    public override ulong Now => (IsPaused ? _pausedAt : _host.Now) - _missed;

    /// <inheritdoc/>
    public override ulong Tsc => (IsPaused ? _pausedTsc : _host.Tsc) + TscOffset;

    /// <inheritdoc/>
    public override ulong TscFrequency => _host.TscFrequency;

    /// <summary>Makes the TSC read <paramref name="value"/> now.</summary>
    public void SetTsc(ulong value) => TscOffset += value - Tsc;

    /// <summary>Stops the clock.</summary>
    public void Pause()
    {
        if (!IsPaused)
        {
            _pausedAt = _host.Now;
            _pausedTsc = _host.Tsc;
            IsPaused = true;
        }
    }

    /// <summary>Lets the clock go on from where it stopped.</summary>
    public void Resume()
    {
        if (IsPaused)
        {
            IsPaused = false;
            _missed += _host.Now - _pausedAt;
            TscOffset -= _host.Tsc - _pausedTsc;
        }
    }

    /// <summary>A deadline of this clock as time of the host's; <see cref="VirtualTimer.Never"/> stays what it is, and is what a clock that stands still gives.</summary>
    public ulong ToHost(ulong deadline) =>
        IsPaused || deadline > VirtualTimer.Never - _missed ? VirtualTimer.Never : deadline + _missed;

    /// <inheritdoc/>
    public override ulong WhenTscReaches(ulong tsc) =>
        IsPaused || (long)(tsc - Tsc) <= 0 ? Now : _host.WhenTscReaches(tsc - TscOffset) - _missed;
}
