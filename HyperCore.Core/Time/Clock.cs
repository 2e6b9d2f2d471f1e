namespace HyperCore.Core.Time;

/// <summary>The passing of time, as the hardware counts it. Devices take a clock, so that tests can give them one that stands still.</summary>
public abstract class Clock
{
    /// <summary>Nanoseconds since HyperCore started. Never goes back.</summary>
    public abstract ulong Now { get; }

    /// <summary>The time-stamp counter as the guest reads it.</summary>
    public abstract ulong Tsc { get; }

    /// <summary>Ticks of the time-stamp counter in one second.</summary>
    public abstract ulong TscFrequency { get; }

    /// <summary>The value of <see cref="Now"/> at which <see cref="Tsc"/> reaches <paramref name="tsc"/>; the present when that is past.</summary>
    public abstract ulong WhenTscReaches(ulong tsc);
}
