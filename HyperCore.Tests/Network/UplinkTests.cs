using System;
using System.Collections.Generic;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Network;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Network;

/// <summary>Frames between the switch and a card.</summary>
public sealed class UplinkTests
{
    private readonly SwitchBench _bench = new(2);
    private readonly FakeDmaMemory _memory = new(2 << 20);
    private readonly FakeClock _clock = new();
    private readonly List<string> _lines = [];
    private readonly Log _log;

    public UplinkTests()
    {
        _log = new Log(_clock);
        _log.AddSink(new Capture(_lines));
    }

    [Fact]
    public void Frames_GoBothWays()
    {
        Uplink uplink = Start(out FakeE1000e hardware);
        _bench.Send(0, SwitchBench.Outside, 700, 3);
        byte[] reply = SwitchBench.Frame(_bench.Switch[0].Address, SwitchBench.Outside, 800, 4);
        Assert.True(hardware.Receive(reply));
        uplink.Run();
        Assert.Equal(700, Assert.Single(hardware.Sent).Length);
        Assert.Equal(reply, Assert.Single(SwitchBench.Take(_bench.Switch[0])));
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Contains(_lines, line => line.EndsWith("network: link up, 1000 Mb/s", StringComparison.Ordinal));
    }

    [Fact]
    public void Flood_IsTakenInTurns_WithRestsAndWithoutInterrupts()
    {
        Uplink uplink = Start(out FakeE1000e hardware);
        for (int i = 0; i < 200; i++)
        {
            Assert.True(hardware.Receive(SwitchBench.Frame(_bench.Switch[0].Address, SwitchBench.Outside)));
        }

        ulong until = uplink.Run();
        Assert.Equal((ulong)Uplink.FramesPerTurn, _bench.Uplink.Sent);
        Assert.True(until > _clock.Now);
        Assert.Equal(until, uplink.Run());
        Assert.Equal((ulong)Uplink.FramesPerTurn, _bench.Uplink.Sent);
        uint interrupts = hardware.InterruptCount;
        hardware.Receive(SwitchBench.Frame(_bench.Switch[0].Address, SwitchBench.Outside));
        Assert.Equal(interrupts, hardware.InterruptCount);
        for (int i = 0; i < 5; i++)
        {
            _clock.Set(Math.Max(_clock.Now, until));
            until = uplink.Run();
        }

        Assert.Equal(201ul, _bench.Uplink.Sent);
        interrupts = hardware.InterruptCount;
        hardware.Receive(SwitchBench.Frame(_bench.Switch[0].Address, SwitchBench.Outside));
        Assert.Equal(interrupts + 1, hardware.InterruptCount);
    }

    [Fact]
    public void WithoutLink_FramesAreLost_AndNotKeptForLater()
    {
        Uplink uplink = Start(out FakeE1000e hardware);
        hardware.IsLinkUp = false;
        _clock.Advance(1_000_000_000);
        uplink.Run();
        _bench.Send(0, SwitchBench.Outside);
        uplink.Run();
        hardware.IsLinkUp = true;
        _clock.Advance(1_000_000_000);
        uplink.Run();
        Assert.Equal(1ul, uplink.Lost);
        Assert.Empty(hardware.Sent);
        Assert.Equal(3, _lines.Count);
    }

    [Fact]
    public void FullCard_IsTriedAgainSoon()
    {
        Uplink uplink = Start(out FakeE1000e hardware);
        hardware.HoldsTransmit = true;
        for (int i = 0; i < 128; i++)
        {
            _bench.Send(0, SwitchBench.Outside);
            uplink.Run();
        }

        Assert.Equal(1, _bench.Uplink.Queue.Count);
        Assert.InRange(uplink.Run(), _clock.Now + 1, _clock.Now + 1_000_000);
        hardware.ReleaseTransmit();
        uplink.Run();
        Assert.Equal(128, hardware.Sent.Count);
    }

    [Fact]
    public void CardWithoutInterrupts_IsPolled()
    {
        Uplink uplink = Start(out FakeE1000e hardware, hasInterrupt: false);
        Assert.InRange(uplink.Run(), _clock.Now + 1, _clock.Now + 1_000_000);
        Assert.False(hardware.HasInterrupt);
    }

    [Fact]
    public void CardThatFails_IsSaidOnce()
    {
        Uplink uplink = Start(out FakeE1000e hardware);
        hardware.IsGone = true;
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(1_000_000_000);
            uplink.Run();
        }

        Assert.Single(_lines, line => line.Contains("uplink e1000e: does not answer any more; VMs reach each other only", StringComparison.Ordinal));
        _bench.Send(0, SwitchBench.Outside);
        uplink.Run();
        Assert.Equal(0, _bench.Uplink.Queue.Count);
    }

    private Uplink Start(out FakeE1000e hardware, bool hasInterrupt = true)
    {
        hardware = new FakeE1000e(_memory, hasInterrupt);
        var uplink = new Uplink(new E1000eCard(hardware, "e1000e", _memory), _bench.Switch, _clock, _log, hasInterrupt);
        uplink.Start();
        for (int i = 0; i < 200 && !uplink.Card.IsLinkUp; i++)
        {
            _clock.Advance(1_000_000);
            uplink.Run();
        }

        Assert.True(uplink.Card.IsRunning);
        return uplink;
    }

    private sealed class Capture(List<string> lines) : LogSink
    {
        public override void WriteLine(LogLevel level, ReadOnlySpan<char> line) => lines.Add(line.ToString());
    }
}
