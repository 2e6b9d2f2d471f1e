namespace HyperCore.Core.Machine;

/// <summary>How fast a counter grows, from looks at it now and then.</summary>
public struct Rate
{
    private const ulong Second = 1_000_000_000;

    private ulong _last;

    /// <summary>Counts a second between the last two looks.</summary>
    public ulong PerSecond { get; private set; }

    /// <summary>Looks at the counter.</summary>
    /// <param name="value">What it is now.</param>
    /// <param name="interval">Nanoseconds since the last look, or since the counter started at zero when that was later.</param>
    /// <param name="isNew">It started at zero since the last look.</param>
    public void Sample(ulong value, ulong interval, bool isNew)
    {
        ulong grown = isNew || value < _last ? value : value - _last;
        _last = value;

        // In milliseconds, because a count times a thousand million may be more than fits.
        ulong milliseconds = interval / 1_000_000;
        PerSecond = milliseconds == 0 ? 0 : grown < ulong.MaxValue / Second ? grown * 1000 / milliseconds : grown / milliseconds * 1000;
    }
}
