using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class Pit8254Tests
{
    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly FakeLine _irq0 = new();
    private readonly Pit8254 _pit;

    public Pit8254Tests() => _pit = new Pit8254(_clock, _timers, _irq0);

    [Fact]
    public void Mode2_InterruptsAtItsFrequency_WithoutDrift()
    {
        // HZ=100 as Linux sets it. A thousand periods of 11932 ticks are 10.00015 seconds.
        Program(0, 0x34, 11932);
        int before = _irq0.RisingEdges;
        RunFor(10_000_149_000);
        Assert.Equal(999, _irq0.RisingEdges - before);
        RunFor(4_000);

        Assert.Equal(1000, _irq0.RisingEdges - before);
    }

    [Fact]
    public void Mode3_InterruptsOncePerPeriod()
    {
        Program(0, 0x36, 0);
        int before = _irq0.RisingEdges;
        RunFor(10_000_000_000);

        Assert.Equal(182, _irq0.RisingEdges - before);
    }

    [Fact]
    public void Mode2_MissedDeadlines_GiveOneInterruptAndThePhaseIsKept()
    {
        Program(0, 0x34, 11932);
        int before = _irq0.RisingEdges;
        SetTicks(1 + (11932 * 50) + 100);
        _timers.FireDue(_clock.Now);
        Assert.Equal(1, _irq0.RisingEdges - before);

        SetTicks(1 + (11932 * 51) - 1);
        _timers.FireDue(_clock.Now);
        Assert.Equal(1, _irq0.RisingEdges - before);
        SetTicks(1 + (11932 * 51));
        _timers.FireDue(_clock.Now);
        Assert.Equal(2, _irq0.RisingEdges - before);
    }

    [Fact]
    public void Mode2_AbsurdPeriod_IsKeptToOneInterruptEvery50Microseconds()
    {
        Program(0, 0x34, 2);
        int before = _irq0.RisingEdges;
        RunFor(1_000_000);

        Assert.InRange(_irq0.RisingEdges - before, 15, 20);
    }

    [Fact]
    public void Mode0_InterruptsOnceAtTerminalCount()
    {
        Program(0, 0x30, 1000);
        Assert.False(_irq0.Level);
        SetTicks(1000);
        _timers.FireDue(_clock.Now);
        Assert.False(_irq0.Level);
        SetTicks(1001);
        _timers.FireDue(_clock.Now);
        Assert.True(_irq0.Level);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    [Fact]
    public void Mode0_FirstByteStopsTheCount()
    {
        Program(0, 0x30, 1000);
        SetTicks(500);
        _pit.WritePort(0x40, 1, 0x10);

        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
        _pit.WritePort(0x40, 1, 0x00);
        Assert.Equal(500u + 1 + 0x10, TickOf(_timers.NextDeadline));
    }

    [Fact]
    public void Mode4_StrobesAfterTheCount()
    {
        Program(0, 0x38, 100);
        Assert.True(_irq0.Level);
        SetTicks(101);
        Assert.False(_pit.GetOutput(0));
        SetTicks(102);
        Assert.True(_pit.GetOutput(0));
        int before = _irq0.RisingEdges;
        _timers.FireDue(_clock.Now);
        Assert.Equal(1, _irq0.RisingEdges - before);
        Assert.Equal(VirtualTimer.Never, _timers.NextDeadline);
    }

    [Fact]
    public void DeadlineThatPassedBeforeAWrite_StillInterrupts()
    {
        Program(0, 0x34, 1000);
        int before = _irq0.RisingEdges;
        SetTicks(1500);
        _pit.WritePort(0x43, 1, 0x30);

        Assert.Equal(1, _irq0.RisingEdges - before);
        Assert.False(_irq0.Level);
    }

    [Theory]
    [InlineData(0, 1000u)]
    [InlineData(1, 999u)]
    [InlineData(999, 1u)]
    [InlineData(1000, 1000u)]
    [InlineData(2500, 500u)]
    public void Mode2_CountsDownFromTheCountToOne(int ticks, uint expected)
    {
        Program(0, 0x34, 1000);
        SetTicks(1 + (ulong)ticks);

        Assert.Equal(expected, Latch(0));
        Assert.Equal(expected != 1, _pit.GetOutput(0));
    }

    [Theory]
    [InlineData(0, 4u, true)]
    [InlineData(2, 0u, true)]
    [InlineData(3, 4u, false)]
    [InlineData(4, 2u, false)]
    [InlineData(5, 4u, true)]
    public void Mode3_OddCount_IsHighForTheLongerHalf(int ticks, uint expected, bool output)
    {
        Program(0, 0x36, 5);
        SetTicks(1 + (ulong)ticks);

        Assert.Equal(expected, Latch(0));
        Assert.Equal(output, _pit.GetOutput(0));
    }

    [Fact]
    public void Mode0_CountsOnBelowZero()
    {
        Program(0, 0x30, 10);
        SetTicks(1 + 12);

        Assert.Equal(0xFFFEu, Latch(0));
    }

    [Fact]
    public void Bcd_CountsInDecimal()
    {
        Program(0, 0x35, 0x1000);
        SetTicks(1 + 1);
        Assert.Equal(0x0999u, Latch(0));

        Program(0, 0x31, 0x0005);
        SetTicks(2 + 1 + 6);
        Assert.Equal(0x9999u, Latch(0));
    }

    [Fact]
    public void Mode2_NewCount_WaitsForTheEndOfTheCycle()
    {
        Program(0, 0x34, 1000);
        SetTicks(1 + 400);
        _pit.WritePort(0x40, 1, 0xF4);
        _pit.WritePort(0x40, 1, 0x01);
        Assert.Equal(600u, Latch(0));
        Assert.Equal(0x40u, Status(0) & 0x40);

        SetTicks(1 + 1000);
        Assert.Equal(500u, Latch(0));
        Assert.Equal(0u, Status(0) & 0x40);
    }

    [Fact]
    public void Mode3_NewCount_WaitsForTheEndOfTheHalf()
    {
        Program(0, 0x36, 1000);
        SetTicks(1 + 100);
        _pit.WritePort(0x40, 1, 0xC8);
        _pit.WritePort(0x40, 1, 0x00);

        Assert.Equal(1u + 500 + 100, TickOf(_timers.NextDeadline));
        SetTicks(1 + 500 + 50);
        Assert.False(_pit.GetOutput(0));
        Assert.Equal(100u, Latch(0));
        SetTicks(1 + 500 + 100);
        Assert.True(_pit.GetOutput(0));
    }

    [Fact]
    public void LatchedCount_StaysUntilRead()
    {
        Program(0, 0x34, 1000);
        SetTicks(1 + 100);
        _pit.WritePort(0x43, 1, 0x00);
        SetTicks(1 + 200);
        _pit.WritePort(0x43, 1, 0x00);

        Assert.Equal(900u, ReadTwice(0));
        Assert.Equal(800u, ReadTwice(0));
    }

    [Fact]
    public void ReadBack_StatusComesBeforeTheCount()
    {
        Program(0, 0x34, 1000);
        SetTicks(1 + 100);
        _pit.WritePort(0x43, 1, 0xC2);

        Assert.Equal(0xB4u, _pit.ReadPort(0x40, 1));
        Assert.Equal(900u, ReadTwice(0));
    }

    [Fact]
    public void AccessModes_OneByteIsTheWholeCount()
    {
        _pit.WritePort(0x43, 1, 0x14);
        _pit.WritePort(0x40, 1, 100);
        SetTicks(1 + 1);
        Assert.Equal(99u, _pit.ReadPort(0x40, 1));
        Assert.Equal(99u, _pit.ReadPort(0x40, 1));

        _pit.WritePort(0x43, 1, 0x24);
        _pit.WritePort(0x40, 1, 0x12);
        Assert.Equal(0x12u, _pit.ReadPort(0x40, 1));
    }

    [Fact]
    public void Channel2_TscCalibrationOfLinux()
    {
        // pit_calibrate_tsc: gate on, mode 0, 50 ms, poll port 61h bit 5.
        var port = new SystemControlPortB(_pit, _clock);
        port.WritePort(0x61, 1, (port.ReadPort(0x61, 1) & ~2u) | 1);
        Program(2, 0xB0, 59659);
        Assert.Equal(0u, port.ReadPort(0x61, 1) & 0x20);
        _clock.Set(49_990_000);
        Assert.Equal(0u, port.ReadPort(0x61, 1) & 0x20);
        _clock.Set(50_002_000);
        Assert.Equal(0x20u, port.ReadPort(0x61, 1) & 0x20);
    }

    [Fact]
    public void Channel2_GateHoldsTheCountOfMode0()
    {
        Program(2, 0xB0, 1000);
        SetTicks(500);
        Assert.Equal(1000u, Latch(2));
        var port = new SystemControlPortB(_pit, _clock);
        port.WritePort(0x61, 1, 1);
        SetTicks(600);
        Assert.Equal(900u, Latch(2));
        port.WritePort(0x61, 1, 0);
        SetTicks(900);
        Assert.Equal(900u, Latch(2));
        port.WritePort(0x61, 1, 1);
        SetTicks(1000);
        Assert.Equal(800u, Latch(2));
    }

    [Fact]
    public void Channel2_Mode1_StartsAtTheGate()
    {
        Program(2, 0xB2, 100);
        Assert.True(_pit.GetOutput(2));
        SetTicks(50);
        _pit.SetChannel2Gate(true);
        Assert.False(_pit.GetOutput(2));
        SetTicks(50 + 1 + 99);
        Assert.False(_pit.GetOutput(2));
        SetTicks(50 + 1 + 100);
        Assert.True(_pit.GetOutput(2));
    }

    [Fact]
    public void Channel2_Mode3_GateRestartsTheCycleAndForcesTheOutputHigh()
    {
        _pit.SetChannel2Gate(true);
        Program(2, 0xB6, 100);
        SetTicks(1 + 60);
        Assert.False(_pit.GetOutput(2));
        _pit.SetChannel2Gate(false);
        Assert.True(_pit.GetOutput(2));
        SetTicks(1000);
        _pit.SetChannel2Gate(true);
        SetTicks(1001 + 49);
        Assert.True(_pit.GetOutput(2));
        SetTicks(1001 + 50);
        Assert.False(_pit.GetOutput(2));
    }

    [Fact]
    public void Port61_RefreshToggles_AndErrorBitsAreClear()
    {
        var port = new SystemControlPortB(_pit, _clock);
        uint first = port.ReadPort(0x61, 1) & 0x10;
        _clock.Advance(15_085);
        Assert.NotEqual(first, port.ReadPort(0x61, 1) & 0x10);
        port.WritePort(0x61, 1, 0xFF);
        Assert.Equal(0x0Fu, port.ReadPort(0x61, 1) & 0xCF);
        Assert.True(_pit.GetGate(2));
        port.Reset();
        Assert.False(_pit.GetGate(2));
    }

    [Fact]
    public void RandomPokes_NeverThrow_AndChannel0NeverFloods()
    {
        Gen<(int Kind, ushort Port, uint Value, uint Time)> step = Gen.Select(Gen.Int[0, 4], Gen.UShort, Gen.UInt, Gen.UInt[0, 100_000_000]);
        step.Array[0, 200].Sample(steps =>
        {
            var clock = new FakeClock();
            var timers = new TimerSet();
            var pit = new Pit8254(clock, timers, new FakeLine());
            var port61 = new SystemControlPortB(pit, clock);
            foreach ((int kind, ushort port, uint value, uint time) in steps)
            {
                int size = 1 << (int)(value >> 30 & 1);
                switch (kind)
                {
                    case 0 or 1:
                        pit.WritePort((ushort)(0x40 + (port & 3)), size, value);
                        break;
                    case 2:
                        pit.ReadPort((ushort)(0x40 + (port & 3)), size);
                        break;
                    case 3:
                        port61.WritePort(0x61, size, value);
                        port61.ReadPort(0x61, size);
                        break;
                    default:
                        clock.Advance(time);
                        timers.FireDue(clock.Now);
                        Assert.True(timers.NextDeadline > clock.Now);
                        break;
                }
            }
        });
    }

    private static ulong TickOf(ulong nanoseconds) => (nanoseconds / 1_000_000_000 * 1_193_182) + (nanoseconds % 1_000_000_000 * 1_193_182 / 1_000_000_000);

    private void SetTicks(ulong ticks) => _clock.Set(((ticks * 1_000_000_000) + 1_193_181) / 1_193_182);

    private void Program(int channel, byte control, uint count)
    {
        _pit.WritePort(0x43, 1, control);
        _pit.WritePort((ushort)(0x40 + channel), 1, count & 0xFF);
        _pit.WritePort((ushort)(0x40 + channel), 1, count >> 8);
    }

    private uint Latch(int channel)
    {
        _pit.WritePort(0x43, 1, (uint)channel << 6);
        return ReadTwice(channel);
    }

    private uint Status(int channel)
    {
        _pit.WritePort(0x43, 1, 0xE0u | (2u << channel));
        return _pit.ReadPort((ushort)(0x40 + channel), 1);
    }

    private uint ReadTwice(int channel)
    {
        uint low = _pit.ReadPort((ushort)(0x40 + channel), 1);
        return low | (_pit.ReadPort((ushort)(0x40 + channel), 1) << 8);
    }

    private void RunFor(ulong nanoseconds)
    {
        ulong end = _clock.Now + nanoseconds;
        while (_timers.NextDeadline <= end)
        {
            _clock.Set(_timers.NextDeadline);
            _timers.FireDue(_clock.Now);
        }

        _clock.Set(end);
    }
}
