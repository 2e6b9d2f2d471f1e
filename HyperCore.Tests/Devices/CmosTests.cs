using System;
using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class CmosTests
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly FakeLine _irq = new();
    private readonly Cmos _cmos;

    public CmosTests() => _cmos = new Cmos(_clock, _timers, _irq);

    [Fact]
    public void Cmos_Time_IsBcdAndGoesOn()
    {
        SetTime(new DateTime(2026, 11, 22, 23, 59, 58, DateTimeKind.Utc));
        AssertTime(0x20, 0x26, 0x11, 0x22, 0x23, 0x59, 0x58);
        Assert.Equal(1, Read(6));
        _clock.Advance(2 * Second);
        AssertTime(0x20, 0x26, 0x11, 0x23, 0x00, 0x00, 0x00);
        Assert.Equal(2, Read(6));
    }

    [Fact]
    public void Cmos_TwelveHourMode_MarksTheAfternoon()
    {
        SetTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Write(0x0B, 0x04);
        Assert.Equal(12, Read(4));
        _clock.Advance(12 * 3600 * Second);
        Assert.Equal(0x80 | 12, Read(4));
        _clock.Advance(3600 * Second);
        Assert.Equal(0x80 | 1, Read(4));
        Write(0x0B, 0x00);
        _clock.Advance(9 * 3600 * Second);
        Assert.Equal(0x80 | 0x10, Read(4));
    }

    [Fact]
    public void Cmos_AnyTime_AgreesWithTheCalendar() => Gen.Long[0, 253_402_300_799].Sample(seconds =>
    {
        DateTime expected = DateTime.UnixEpoch.AddSeconds(seconds);
        _cmos.SetTime((ulong)seconds, _clock.Now);
        Write(0x0B, 0x06);
        Assert.Equal(expected.Year, (Read(0x32) * 100) + Read(9));
        Assert.Equal(expected.Month, Read(8));
        Assert.Equal(expected.Day, Read(7));
        Assert.Equal((int)expected.DayOfWeek + 1, Read(6));
        Assert.Equal(expected.Hour, Read(4));
        Assert.Equal(expected.Minute, Read(2));
        Assert.Equal(expected.Second, Read(0));
    }, threads: 1);

    [Fact]
    public void Cmos_GuestSetsTime_ItGoesOnFromThere()
    {
        SetTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _clock.Advance(300_000_000);
        Write(0x0B, 0x82);
        Write(0x00, 0x59);
        Write(0x02, 0x59);
        Write(0x04, 0x23);
        Write(0x07, 0x28);
        Write(0x08, 0x02);
        Write(0x09, 0x28);
        _clock.Advance(5 * Second);
        AssertTime(0x20, 0x28, 0x02, 0x28, 0x23, 0x59, 0x59);
        Write(0x0B, 0x02);
        _clock.Advance(699_999_999);
        Assert.Equal(0x59, Read(0));
        _clock.Advance(1);
        AssertTime(0x20, 0x28, 0x02, 0x29, 0x00, 0x00, 0x00);
        _cmos.Reset();
        AssertTime(0x20, 0x28, 0x02, 0x29, 0x00, 0x00, 0x00);
    }

    [Fact]
    public void Cmos_DividerReset_UpdatesHalfASecondAfter()
    {
        SetTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Write(0x0B, 0x82);
        Write(0x0A, 0x76);
        Write(0x00, 0x30);
        Write(0x0B, 0x02);
        _clock.Advance(10 * Second);
        Assert.Equal(0x30, Read(0));
        Write(0x0A, 0x26);
        _clock.Advance(Second / 2);
        Assert.Equal(0x31, Read(0));
    }

    [Fact]
    public void Cmos_UpdateInProgress_WarnsBeforeTheChange()
    {
        SetTime(DateTime.UnixEpoch);
        _clock.Set(Second - 244_001);
        Assert.Equal(0x26, Read(0x0A));
        _clock.Advance(1);
        Assert.Equal(0xA6, Read(0x0A));
        _clock.Set(Second);
        Assert.Equal(0x26, Read(0x0A));
        Assert.Equal(1, Read(0));
    }

    [Fact]
    public void Cmos_PeriodicInterrupt_ComesAtItsRate()
    {
        Write(0x0A, 0x26);
        Write(0x0B, 0x42);
        int interrupts = RunFor(Second);
        Assert.Equal(1024, interrupts);
    }

    [Fact]
    public void Cmos_PeriodicInterruptNotRead_ComesOnce()
    {
        Write(0x0B, 0x42);
        _clock.Advance(Second);
        _timers.FireDue(_clock.Now);
        _clock.Advance(Second);
        _timers.FireDue(_clock.Now);
        Assert.Equal(1, _irq.RisingEdges);
        Assert.True(_irq.Level);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
        Assert.Equal(0xD0, Read(0x0C));
        Assert.False(_irq.Level);
        Assert.Equal(0x00, Read(0x0C));
    }

    [Fact]
    public void Cmos_UpdateInterrupt_ComesEachSecond()
    {
        Write(0x0B, 0x12);
        Assert.Equal(10, RunFor(10 * Second));
    }

    [Fact]
    public void Cmos_Alarm_RingsAtItsTimeOnly()
    {
        SetTime(new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc));
        Write(1, 0x30);
        Write(3, 0x00);
        Write(5, 0x12);
        Write(0x0B, 0x22);
        Assert.Equal(30 * Second, _timers.NextDeadline);
        _clock.Set(30 * Second);
        _timers.FireDue(_clock.Now);
        Assert.True(_irq.Level);
        Assert.Equal(0xB0, Read(0x0C) & 0xBF);
        Assert.Equal((30 + 86_400) * Second, _timers.NextDeadline);
    }

    [Theory]
    [InlineData(0xFF, 0xFF, 0xFF, 1)]
    [InlineData(0x10, 0xFF, 0xFF, 10)]
    [InlineData(0x00, 0xFF, 0xFF, 60)]
    [InlineData(0x00, 0x00, 0xFF, 3600)]
    [InlineData(0x00, 0x00, 0x00, 86_400)]
    [InlineData(0x59, 0x59, 0x23, 86_399)]
    [InlineData(0xFF, 0x05, 0xFF, 300)]
    [InlineData(0xFF, 0xFF, 0x02, 7200)]
    public void Cmos_AlarmFields_MayBeAny(byte second, byte minute, byte hour, int expected)
    {
        SetTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Write(1, second);
        Write(3, minute);
        Write(5, hour);
        Write(0x0B, 0x22);
        Assert.Equal((ulong)expected * Second, _timers.NextDeadline);
    }

    [Fact]
    public void Cmos_AlarmThatNeverMatches_ArmsNothing()
    {
        Write(1, 0x75);
        Write(0x0B, 0x22);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    [Fact]
    public void Cmos_MemorySizes_AreWhereFirmwarePutsThem()
    {
        _cmos.SetMemorySize(512 << 20, 3ul << 30);
        _cmos.Reset();
        Assert.Equal(640, Read(0x15) | (Read(0x16) << 8));
        Assert.Equal(63 * 1024, Read(0x17) | (Read(0x18) << 8));
        Assert.Equal(63 * 1024, Read(0x30) | (Read(0x31) << 8));
        Assert.Equal((512 - 16) * 16, Read(0x34) | (Read(0x35) << 8));
        Assert.Equal(3 * 1024 * 16, Read(0x5B) | (Read(0x5C) << 8) | (Read(0x5D) << 16));
    }

    [Fact]
    public void Cmos_ShutdownStatus_IsRam()
    {
        Write(0x8F, 0x0A);
        Assert.Equal(0x0A, Read(0x0F));
        Assert.Equal(0x80, Read(0x0D));
        _cmos.Reset();
        Assert.Equal(0, Read(0x0F));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cmos_RandomAccesses_NeverThrow(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++)
        {
            byte index = (byte)random.Next(random.Next(4) == 0 ? 256 : 16);
            Write(index, (byte)random.Next(256));
            Read((byte)random.Next(256));
            if (random.Next(4) == 0)
            {
                _clock.Advance((ulong)random.NextInt64(1L << random.Next(10, 45)));
                _timers.FireDue(_clock.Now);
            }
        }

        PortFuzz.Run(_cmos, [0x70, 0x71, 0x72], seed);
    }

    private int RunFor(ulong time)
    {
        ulong end = _clock.Now + time;
        int interrupts = 0;
        while (_timers.NextDeadline <= end)
        {
            _clock.Set(_timers.NextDeadline);
            _timers.FireDue(_clock.Now);
            Assert.True(_irq.Level);
            Assert.NotEqual(0, Read(0x0C) & 0x80);
            interrupts++;
        }

        return interrupts;
    }

    private void SetTime(DateTime time) =>
        _cmos.SetTime((ulong)(time - DateTime.UnixEpoch).TotalSeconds, _clock.Now);

    private void AssertTime(params byte[] expected) =>
        Assert.Equal(expected, new byte[] { Read(0x32), Read(9), Read(8), Read(7), Read(4), Read(2), Read(0) });

    private byte Read(byte index)
    {
        _cmos.WritePort(0x70, 1, index);
        return (byte)_cmos.ReadPort(0x71, 1);
    }

    private void Write(byte index, byte value)
    {
        _cmos.WritePort(0x70, 1, index);
        _cmos.WritePort(0x71, 1, value);
    }
}
