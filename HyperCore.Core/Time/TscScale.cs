using System;
using System.Numerics;

namespace HyperCore.Core.Time;

/// <summary>
/// Converts between ticks of a counter and nanoseconds with one multiplication and one shift. The factors are kept with 64 significant
/// bits, so a conversion is off by at most one unit in a century of running time.
/// </summary>
public readonly struct TscScale
{
    /// <summary>The slowest counter that can be scaled, in Hz.</summary>
    public const ulong MinFrequency = 1_000;

    /// <summary>The fastest counter that can be scaled, in Hz.</summary>
    public const ulong MaxFrequency = 100_000_000_000;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly ulong _toNanoseconds;
    private readonly ulong _toTicks;
    private readonly int _toNanosecondsShift;
    private readonly int _toTicksShift;

    /// <summary>Makes the factors for a counter of <paramref name="frequency"/> Hz.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The frequency is outside <see cref="MinFrequency"/> to <see cref="MaxFrequency"/>.</exception>
    public TscScale(ulong frequency)
    {
        if (frequency < MinFrequency || frequency > MaxFrequency)
        {
            throw new ArgumentOutOfRangeException(nameof(frequency));
        }

        Frequency = frequency;
        _toNanoseconds = Factor(NanosecondsPerSecond, frequency, out _toNanosecondsShift);
        _toTicks = Factor(frequency, NanosecondsPerSecond, out _toTicksShift);
    }

    /// <summary>Ticks in one second.</summary>
    public ulong Frequency { get; }

    /// <summary>Ticks as nanoseconds, rounded down; <see cref="ulong.MaxValue"/> when that does not fit.</summary>
    public ulong ToNanoseconds(ulong ticks) => WideMath.MultiplyShift(ticks, _toNanoseconds, _toNanosecondsShift);

    /// <summary>Nanoseconds as ticks, rounded down; <see cref="ulong.MaxValue"/> when that does not fit.</summary>
    public ulong ToTicks(ulong nanoseconds) => WideMath.MultiplyShift(nanoseconds, _toTicks, _toTicksShift);

    /// <summary>
    /// The number of ticks after which <see cref="ToNanoseconds"/> has surely reached <paramref name="nanoseconds"/>, so that a timer set by
    /// it never fires early; <see cref="ulong.MaxValue"/> when that does not fit.
    /// </summary>
    public ulong ToTicksRoundUp(ulong nanoseconds)
    {
        ulong ticks = ToTicks(nanoseconds);
        while (ticks != ulong.MaxValue && ToNanoseconds(ticks) < nanoseconds)
        {
            ticks++;
        }

        return ticks;
    }

    /// <summary>The factor <paramref name="numerator"/> / <paramref name="denominator"/> as a 64-bit mantissa with its top bit set and the right shift that goes with it.</summary>
    private static ulong Factor(ulong numerator, ulong denominator, out int shift)
    {
        // numerator * 2^shift / denominator must be in [2^63, 2^64). First a shift that surely gives 63 or 64 bits, then one look.
        shift = 63 + BitOperations.LeadingZeroCount(numerator) - BitOperations.LeadingZeroCount(denominator);
        ulong factor = Scaled(numerator, denominator, shift);
        if (factor >> 63 == 0)
        {
            shift++;
            factor = Scaled(numerator, denominator, shift);
        }

        return factor;
    }

    private static ulong Scaled(ulong numerator, ulong denominator, int shift)
    {
        // numerator << shift as two words; shift is 43 to 84 for the frequencies allowed, so no bit is lost at the top.
        ulong high = shift >= 64 ? numerator << (shift - 64) : numerator >> (64 - shift);
        ulong low = shift >= 64 ? 0 : numerator << shift;
        return WideMath.Divide(high, low, denominator);
    }
}
