using System.Threading;
using HyperCore.Core.Time;

namespace HyperCore.Tests.Fakes;

/// <summary>A clock that moves only when a test moves it. One TSC tick is one nanosecond unless told otherwise.</summary>
internal sealed class FakeClock : Clock
{
    private ulong _now;

    public ulong TicksPerSecond { get; set; } = 1_000_000_000;

    public override ulong Now => Volatile.Read(ref _now);

    public override ulong Tsc => (ulong)((System.UInt128)_now * TicksPerSecond / 1_000_000_000);

    public override ulong TscFrequency => TicksPerSecond;

    public override ulong WhenTscReaches(ulong tsc)
    {
        ulong when = (ulong)((System.UInt128)tsc * 1_000_000_000 / TicksPerSecond);
        return when < _now ? _now : when;
    }

    public void Set(ulong now) => _now = now;

    public void Advance(ulong nanoseconds) => Interlocked.Add(ref _now, nanoseconds);
}
