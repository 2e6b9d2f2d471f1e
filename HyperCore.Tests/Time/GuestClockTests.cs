using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Time;

public sealed class GuestClockTests
{
    private readonly FakeClock _host = new() { TicksPerSecond = 2_000_000_000 };
    private readonly GuestClock _clock;

    public GuestClockTests()
    {
        _host.Set(5_000);
        _clock = new GuestClock(_host);
    }

    [Fact]
    public void SetTsc_CountsOnFromThere()
    {
        _clock.SetTsc(0);
        _host.Advance(1_000);
        Assert.Equal(2_000ul, _clock.Tsc);
    }

    [Fact]
    public void Pause_NeitherTimeNorTscGoesOnUntilItIsResumed()
    {
        _clock.SetTsc(0);
        _host.Advance(1_000);
        _clock.Pause();
        _host.Advance(500_000);
        Assert.Equal((6_000ul, 2_000ul), (_clock.Now, _clock.Tsc));
        Assert.Equal(VirtualTimer.Never, _clock.ToHost(10_000));

        _clock.Resume();
        Assert.Equal((6_000ul, 2_000ul), (_clock.Now, _clock.Tsc));
        Assert.Equal(510_000ul, _clock.ToHost(10_000));
        Assert.Equal(VirtualTimer.Never, _clock.ToHost(VirtualTimer.Never));
        _host.Advance(1_000);
        Assert.Equal((7_000ul, 4_000ul), (_clock.Now, _clock.Tsc));
        Assert.Equal(7_500ul, _clock.WhenTscReaches(5_000));
        Assert.Equal(7_000ul, _clock.WhenTscReaches(100));
    }

    [Fact]
    public void VcpuClock_SetTsc_ConcernsThatVcpuAlone()
    {
        var first = new VcpuClock(_clock);
        var second = new VcpuClock(_clock);
        _clock.SetTsc(100);
        Assert.Equal((100ul, 100ul), (first.Tsc, second.Tsc));

        first.SetTsc(50);
        Assert.Equal((50ul, 100ul), (first.Tsc, second.Tsc));
        Assert.Equal(unchecked((ulong)-50), first.Adjust);
        first.Adjust = 0;
        Assert.Equal(first.TscOffset, second.TscOffset);
    }
}
