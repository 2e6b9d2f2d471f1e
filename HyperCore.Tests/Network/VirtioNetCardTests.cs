using System;
using HyperCore.Core.Network;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Network;

/// <summary>The driver of virtio network cards, with a card written from the specification.</summary>
public sealed class VirtioNetCardTests
{
    private readonly FakeDmaMemory _memory = new(2 << 20);
    private readonly FakeVirtioCard _hardware;
    private readonly VirtioNetCard _card;
    private ulong _now;

    public VirtioNetCardTests()
    {
        _hardware = new FakeVirtioCard(_memory);
        _card = Create(_hardware);
    }

    [Fact]
    public void Layout_SkipsWhatCannotBeUsed()
    {
        var space = new FakePciSpace();
        VirtioCardLayout layout = VirtioCardLayout.Find(FakeVirtioCard.Describe(space))!;
        Assert.Equal(0x14u, layout.Bars);
        Assert.Equal(4u, layout.NotifyMultiplier);
    }

    [Fact]
    public void Layout_OfALegacyCard_IsNone()
    {
        var space = new FakePciSpace();
        FakeVirtioCard.Describe(space);
        space.Write8(new HyperCore.Core.Pci.PciAddress(0, 0, 3, 0), 0x34, 0xA8);
        Assert.Null(VirtioCardLayout.Find(new(space, new HyperCore.Core.Pci.PciAddress(0, 0, 3, 0))));
    }

    [Fact]
    public void Start_NegotiatesAndAsksForAllFrames()
    {
        Assert.Equal(SwitchBench.Card, _card.Address);
        _card.Start([], 0);
        Assert.False(_hardware.IsDmaEnabled);
        Bring();
        Assert.True(_card.IsRunning);
        Assert.Equal(0xF, _hardware.Status);
        Assert.Equal((1ul << 32) | (1 << 5) | (1 << 16) | (1 << 17) | (1 << 18), _hardware.Accepted);
        Assert.Equal([0, 0, 1], Assert.Single(_hardware.Commands));
        Assert.True(_card.IsLinkUp);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(100)]
    [InlineData(4)]
    public void Rings_GoRoundManyTimes(ushort size)
    {
        _hardware.QueueSize = size;
        Start();
        for (int i = 0; i < 1000; i++)
        {
            byte[] frame = SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card, 60 + i, (byte)i);
            Assert.True(_hardware.Receive(frame));
            Assert.Equal(frame, Receive());
            Assert.True(_card.TrySend(frame));
            _card.Flush();
            Assert.Equal(frame, _hardware.Sent[i]);
        }

        Assert.Null(Receive());
        Assert.Equal(1000u, _hardware.InterruptCount);
    }

    [Fact]
    public void BuffersThatComeBackInAnotherOrder_AreNotOverwritten()
    {
        Start();
        _hardware.HoldsTransmit = true;
        int taken = 0;
        while (_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card)))
        {
            taken++;
            _card.Flush();
        }

        Assert.Equal(256, taken);
        _hardware.ReleaseTransmit();
        for (int i = 0; i < 300; i++)
        {
            Assert.True(_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card)));
            _card.Flush();
        }
    }

    [Fact]
    public void ShortFrame_IsFilledUpWithZeroes()
    {
        Start();
        for (int i = 0; i < 257; i++)
        {
            _card.TrySend(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card, i == 256 ? 20 : 900, 0xEE));
            _card.Flush();
        }

        Assert.Equal(60, _hardware.Sent[^1].Length);
        Assert.All(_hardware.Sent[^1][20..], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(12u)]
    [InlineData(2049u)]
    [InlineData(uint.MaxValue)]
    public void Length_ThatCannotBe_IsSkippedAndCounted(uint length)
    {
        Start();
        _hardware.WrongLength = length;
        _hardware.Receive(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card));
        _hardware.WrongLength = null;
        _hardware.Receive(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card, fill: 6));
        Assert.Equal(6, Receive()![^1]);
        Assert.Equal(1ul, _card.Damaged);
    }

    [Fact]
    public void MaskedInterrupts_DoNotCome()
    {
        Start();
        _card.SetInterrupts(false);
        _hardware.Receive(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card));
        Assert.Equal(0u, _hardware.InterruptCount);
        _card.SetInterrupts(true);
        _hardware.Receive(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card));
        Assert.Equal(1u, _hardware.InterruptCount);
    }

    [Fact]
    public void CardThatGivesUp_IsResetAndWorksAgain()
    {
        Start();
        _hardware.Status |= 0x40;
        _now += 1_000_000_000;
        _card.Poll(_now);
        Assert.False(_card.IsRunning);
        Bring();
        Assert.True(_card.IsRunning);
        Assert.True(_hardware.Receive(SwitchBench.Frame(SwitchBench.Outside, SwitchBench.Card, fill: 5)));
        Assert.Equal(5, Receive()![^1]);
    }

    [Fact]
    public void CardsThatCannotBeUsed_SayWhy()
    {
        _hardware.RefusesFeatures = true;
        _card.Start([], 0);
        Bring();
        Assert.Equal("does not agree on features", _card.Problem);

        var stuck = new FakeVirtioCard(_memory) { IsStuck = true };
        VirtioNetCard other = Create(stuck, new FakeDmaMemory(2 << 20));
        other.Start([], 0);
        for (ulong now = 0; now < 2_000_000_000; now += 10_000_000)
        {
            other.Poll(now);
        }

        Assert.Equal("does not come out of its reset", other.Problem);
        Assert.Equal("there is no memory for its buffers", Create(_hardware, new FakeDmaMemory(1 << 16)).Problem);
    }

    private VirtioNetCard Create(FakeVirtioCard hardware, FakeDmaMemory? memory = null) =>
        new(hardware, VirtioCardLayout.Find(FakeVirtioCard.Describe(new FakePciSpace()))!, memory ?? _memory);

    private void Start()
    {
        _card.Start([], 0);
        Bring();
        Assert.True(_card.IsRunning);
    }

    private void Bring()
    {
        for (int i = 0; i < 10 && !_card.IsRunning && _card.Problem == null; i++)
        {
            ulong next = _card.Poll(_now);
            _now = next == VirtualTimer.Never ? _now : Math.Max(next, _now);
        }
    }

    private byte[]? Receive()
    {
        if (!_card.TryReceive(out ReadOnlySpan<byte> frame))
        {
            return null;
        }

        byte[] bytes = frame.ToArray();
        _card.FinishReceive();
        _card.Flush();
        return bytes;
    }
}
