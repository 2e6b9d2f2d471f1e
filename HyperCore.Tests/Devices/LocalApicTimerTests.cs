using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class LocalApicTimerTests
{
    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly LocalApic _apic;

    public LocalApicTimerTests()
    {
        _apic = new LocalApic(0, new ApicBus(), _clock, _timers, TestApicPage.Create());
        Write(ApicRegister.SpuriousVector, 0x1FF);
        Write(ApicRegister.DivideConfiguration, 0xB);
    }

    [Theory]
    [InlineData(0x0, 2)]
    [InlineData(0x1, 4)]
    [InlineData(0x2, 8)]
    [InlineData(0x3, 16)]
    [InlineData(0x8, 32)]
    [InlineData(0x9, 64)]
    [InlineData(0xA, 128)]
    [InlineData(0xB, 1)]
    public void Divide_SlowsTheCount(uint configuration, int divisor)
    {
        Write(ApicRegister.DivideConfiguration, configuration);
        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);

        Assert.Equal(1000ul * (ulong)divisor, _timers.NextDeadline);
        _clock.Advance(400ul * (ulong)divisor);
        Assert.Equal(600ul, Read(ApicRegister.CurrentCount));
        Assert.Equal(configuration, Read(ApicRegister.DivideConfiguration));
    }

    [Fact]
    public void OneShot_InterruptsOnce()
    {
        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);
        _apic.ServiceNeeded = false;
        Fire(999);
        Assert.Equal(-1, _apic.PendingVector);
        Fire(1000);
        Assert.Equal(0x40, _apic.PendingVector);
        Assert.True(_apic.ServiceNeeded);
        Assert.Equal(0ul, Read(ApicRegister.CurrentCount));
        Assert.Equal(1000ul, Read(ApicRegister.InitialCount));
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    [Fact]
    public void Periodic_ComesAgain_WithoutDrift()
    {
        Write(ApicRegister.LvtTimer, 0x2_0040);
        Write(ApicRegister.InitialCount, 100_000);
        for (ulong i = 1; i <= 5; i++)
        {
            Fire((i * 100_000) + 7);
            Serve();
            Assert.Equal((i + 1) * 100_000, _timers.NextDeadline);
            Assert.Equal(99_993ul, Read(ApicRegister.CurrentCount));
        }
    }

    [Fact]
    public void Periodic_MissedDeadlines_GiveOneInterrupt()
    {
        Write(ApicRegister.LvtTimer, 0x2_0040);
        Write(ApicRegister.InitialCount, 100_000);
        Fire(1_050_000);
        Serve();

        Assert.Equal(1_100_000ul, _timers.NextDeadline);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Periodic_AbsurdPeriod_LeavesTimeForOthers()
    {
        Write(ApicRegister.LvtTimer, 0x2_0040);
        Write(ApicRegister.InitialCount, 1);
        Fire(1);

        Assert.Equal(50_001ul, _timers.NextDeadline);
        Assert.InRange(Read(ApicRegister.CurrentCount), 0ul, 1ul);
    }

    [Fact]
    public void Masked_CountsWithoutInterruptOrDeadline()
    {
        Write(ApicRegister.LvtTimer, 0x1_0040);
        Write(ApicRegister.InitialCount, 1000);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
        _clock.Set(600);
        Assert.Equal(400ul, Read(ApicRegister.CurrentCount));
        Write(ApicRegister.LvtTimer, 0x40);
        Assert.Equal(1000ul, _timers.NextDeadline);

        Write(ApicRegister.LvtTimer, 0x1_0040);
        _clock.Set(2000);
        Write(ApicRegister.LvtTimer, 0x40);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void ExpiryBeforeMasking_IsNotLost()
    {
        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);
        _clock.Set(1500);
        Write(ApicRegister.LvtTimer, 0x1_0040);

        Assert.Equal(0x40, _apic.PendingVector);
    }

    [Fact]
    public void InitialCountZero_Stops()
    {
        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);
        Write(ApicRegister.InitialCount, 0);

        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
        Assert.Equal(0ul, Read(ApicRegister.CurrentCount));
    }

    [Fact]
    public void TscDeadline_InterruptsWhenTheCounterReachesIt()
    {
        _clock.TicksPerSecond = 2_000_000_000;
        Write(ApicRegister.LvtTimer, 0x4_0040);
        Assert.True(_apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, 2000));
        Assert.Equal(1000ul, _timers.NextDeadline);
        Assert.Equal(2000ul, Deadline());
        Write(ApicRegister.InitialCount, 5);
        Assert.Equal(0ul, Read(ApicRegister.CurrentCount));

        Fire(1000);
        Assert.Equal(0x40, _apic.PendingVector);
        Assert.Equal(0ul, Deadline());
    }

    [Fact]
    public void TscDeadline_InThePast_InterruptsAtOnce()
    {
        _clock.Set(5000);
        Write(ApicRegister.LvtTimer, 0x4_0040);
        _apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, 4000);

        Assert.Equal(0x40, _apic.PendingVector);
        Assert.Equal(0ul, Deadline());
    }

    [Fact]
    public void TscDeadline_ZeroDisarms_AndTheFarFutureNeverComes()
    {
        Write(ApicRegister.LvtTimer, 0x4_0040);
        _apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, 4000);
        _apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, 0);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);

        _apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, ulong.MaxValue);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
        Assert.Equal(ulong.MaxValue, Deadline());
    }

    [Fact]
    public void TscDeadline_InAnotherMode_IsIgnored_AndTheModeChangeDisarms()
    {
        _apic.TryWriteMsr(ApicRegister.TscDeadlineMsr, 4000);
        Assert.Equal(0ul, Deadline());

        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);
        Write(ApicRegister.LvtTimer, 0x4_0040);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    [Fact]
    public void Reset_Disarms()
    {
        Write(ApicRegister.LvtTimer, 0x40);
        Write(ApicRegister.InitialCount, 1000);
        _apic.Reset();

        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    private ulong Deadline()
    {
        Assert.True(_apic.TryReadMsr(ApicRegister.TscDeadlineMsr, out ulong value));
        return value;
    }

    private void Fire(ulong now)
    {
        _clock.Set(now);
        _timers.FireDue(now);
    }

    private void Serve()
    {
        Assert.Equal(0x40, _apic.PendingVector);
        _apic.Acknowledge(0x40);
        Write(ApicRegister.EndOfInterrupt, 0);
    }

    private ulong Read(uint register) => _apic.ReadMmio(register, 4);

    private void Write(uint register, uint value) => _apic.WriteMmio(register, 4, value);
}
