using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class AcpiPmTests
{
    private const ushort Status = 0x600;
    private const ushort Enable = 0x602;
    private const ushort Control = 0x604;

    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly FakeLine _sci = new();
    private readonly FakePower _power = new();
    private readonly AcpiPm _pm;

    public AcpiPmTests() => _pm = new AcpiPm(_clock, _timers, _sci, _power);

    [Fact]
    public void AcpiPm_AfterReset_IsInAcpiMode() => Assert.Equal(1u, _pm.ReadPort(Control, 2) & 0xFFFF);

    [Fact]
    public void AcpiPm_PowerButtonEnabled_RaisesSciUntilCleared()
    {
        _pm.WritePort(Enable, 2, 0x100);
        Assert.False(_sci.Level);

        _pm.PressPowerButton();
        Assert.True(_sci.Level);
        Assert.Equal(0x100u, _pm.ReadPort(Status, 2));

        _pm.WritePort(Status, 2, 0x100);
        Assert.False(_sci.Level);
        Assert.Equal(0u, _pm.ReadPort(Status, 2));
    }

    [Fact]
    public void AcpiPm_PowerButtonDisabled_WaitsForEnable()
    {
        _pm.PressPowerButton();
        Assert.False(_sci.Level);
        _pm.WritePort(Enable + 1, 1, 0x01);
        Assert.True(_sci.Level);
    }

    [Fact]
    public void AcpiPm_SleepEnableWithTypeOff_PowersOff()
    {
        _pm.WritePort(Control, 2, (5 << 10) | 1);
        Assert.Equal(0, _power.PowerOffs);
        _pm.WritePort(Control, 2, 0x2000 | (5 << 10) | 1);
        Assert.Equal(1, _power.PowerOffs);
        Assert.Equal(0u, _pm.ReadPort(Control, 2) & 0x2000);
    }

    [Fact]
    public void AcpiPm_SleepEnableWithOtherType_DoesNothing()
    {
        _pm.WritePort(Control, 2, 0x2000 | (1 << 10));
        Assert.Equal(0, _power.PowerOffs);
    }

    [Fact]
    public void AcpiPm_TimerTopBitChange_RaisesSci()
    {
        _pm.WritePort(Enable, 2, 1);
        ulong deadline = _timers.NextDeadline;
        Assert.Equal(_pm.Timer.WhenCountReaches(0x8000_0000), deadline);

        _clock.Set(deadline - 1);
        Assert.Equal(0x7FFF_FFFFu, _pm.Timer.ReadPort(0x608, 4));
        _clock.Set(deadline);
        _timers.FireDue(deadline);
        Assert.True(_sci.Level);
        Assert.Equal(0x8000_0000u, _pm.Timer.ReadPort(0x608, 4));

        _pm.WritePort(Status, 2, 1);
        Assert.False(_sci.Level);
        Assert.Equal(_pm.Timer.WhenCountReaches(0x1_0000_0000), _timers.NextDeadline);
    }

    [Fact]
    public void AcpiPmTimer_OneSecond_IsItsFrequency()
    {
        _clock.Advance(1_000_000_000);
        Assert.Equal(3_579_545u, _pm.Timer.ReadPort(0x608, 4));
        Assert.Equal(3_579_545u & 0xFF, _pm.Timer.ReadPort(0x608, 1) & 0xFF);
        Assert.Equal((3_579_545u >> 8) & 0xFFFF, _pm.Timer.ReadPort(0x609, 2) & 0xFFFF);
    }

    [Fact]
    public void AcpiPmTimer_AnyTime_IsExact() => Gen.ULong[0, ulong.MaxValue >> 1].Sample(now =>
    {
        var clock = new FakeClock();
        var timer = new AcpiPmTimer(clock);
        clock.Set(now);
        return timer.Count == (ulong)((System.UInt128)now * 3_579_545 / 1_000_000_000);
    });

    [Fact]
    public void AcpiPmTimer_WhenCountReaches_IsTheFirstSuchMoment() => Gen.ULong[1, 1ul << 50].Sample(count =>
    {
        var clock = new FakeClock();
        var timer = new AcpiPmTimer(clock);
        ulong when = timer.WhenCountReaches(count);
        clock.Set(when);
        bool reached = timer.Count == count;
        clock.Set(when - 1);
        return reached && timer.Count == count - 1;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AcpiPm_RandomAccesses_NeverThrow(int seed)
    {
        PortFuzz.Run(_pm, [0x600, 0x601, 0x602, 0x603, 0x604, 0x605], seed, random =>
        {
            _clock.Advance((ulong)random.NextInt64(1L << 42));
            _timers.FireDue(_clock.Now);
            _pm.PressPowerButton();
        });
        PortFuzz.Run(_pm.Timer, [0x608, 0x609, 0x60A, 0x60B], seed);
    }
}
