using System;
using System.Linq;
using HyperCore.Core.Network;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Network;

/// <summary>The driver of the 82574, with a card written from its datasheet.</summary>
public sealed class E1000eCardTests
{
    private static readonly MacAddress s_vm = new(0x02AB_0000_0001);

    private readonly FakeDmaMemory _memory = new(2 << 20);
    private readonly FakeE1000e _hardware;
    private readonly E1000eCard _card;
    private ulong _now;

    public E1000eCardTests()
    {
        _hardware = new FakeE1000e(_memory);
        _card = new E1000eCard(_hardware, "e1000e", _memory);
    }

    [Fact]
    public void Address_IsReadFromTheCard() => Assert.Equal(SwitchBench.Card, _card.Address);

    [Fact]
    public void Start_ResetsTheCard_BeforeItMayReachMemory()
    {
        _card.Start([s_vm], 0);
        Assert.False(_card.IsRunning);
        Assert.False(_hardware.IsDmaEnabled);
        Bring();
        Assert.Equal(1, _hardware.Resets);
        Assert.True(_hardware.IsDmaEnabled);
        Assert.True(_card.IsLinkUp);
        Assert.Equal(1000, _card.Speed);
        Assert.InRange(_now, 25_000_000ul, 200_000_000ul);
    }

    [Fact]
    public void Frames_ForTheVmAndGroups_ComeIn()
    {
        Start();
        byte[] own = SwitchBench.Frame(s_vm, SwitchBench.Outside, 1514, 4);
        Assert.True(_hardware.Receive(own));
        Assert.True(_hardware.Receive(SwitchBench.Frame(MacAddress.Broadcast, SwitchBench.Outside)));
        Assert.False(_hardware.Receive(SwitchBench.Frame(SwitchBench.Card, SwitchBench.Outside)));
        Assert.Equal(own, Receive());
        Assert.NotNull(Receive());
        Assert.Null(Receive());
        Assert.True(_hardware.InterruptCount > 0);
    }

    [Fact]
    public void Ring_GoesRoundManyTimes()
    {
        Start();
        for (int i = 0; i < 2000; i++)
        {
            byte[] frame = SwitchBench.Frame(s_vm, SwitchBench.Outside, 60 + (i % 1000), (byte)i);
            Assert.True(_hardware.Receive(frame));
            Assert.Equal(frame, Receive());
            Assert.True(_card.TrySend(frame));
            _card.Flush();
            Assert.Equal(frame, _hardware.Sent[i]);
        }
    }

    [Fact]
    public void Burst_BeyondTheRing_IsLostAndNothingElse()
    {
        Start();
        int taken = Enumerable.Range(0, 400).Count(i => _hardware.Receive(SwitchBench.Frame(s_vm, SwitchBench.Outside, fill: (byte)i)));
        Assert.Equal(255, taken);
        for (int i = 0; i < taken; i++)
        {
            Assert.Equal((byte)i, Receive()![^1]);
        }

        _card.Flush();
        Assert.True(_hardware.Receive(SwitchBench.Frame(s_vm, SwitchBench.Outside, fill: 99)));
        Assert.Equal(99, Receive()![^1]);
    }

    [Fact]
    public void DamagedFrame_IsSkippedAndCounted()
    {
        Start();
        _hardware.Receive(SwitchBench.Frame(s_vm, SwitchBench.Outside), errors: 1);
        _hardware.Receive(SwitchBench.Frame(s_vm, SwitchBench.Outside, fill: 7));
        Assert.Equal(7, Receive()![^1]);
        Assert.Equal(1ul, _card.Damaged);
    }

    [Fact]
    public void ShortFrame_IsFilledUpWithZeroes()
    {
        Start();
        Assert.True(_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, s_vm, 1000, 0xEE)));
        for (int i = 0; i < 200; i++)
        {
            // All buffers have held something longer then.
            Assert.True(_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, s_vm, i < 150 ? 1000 : 20, 0xEE)));
            _card.Flush();
        }

        Assert.Equal(60, _hardware.Sent[^1].Length);
        Assert.Equal(SwitchBench.Frame(SwitchBench.Outside, s_vm, 20, 0xEE), _hardware.Sent[^1][..20]);
        Assert.All(_hardware.Sent[^1][20..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void FullRing_TakesNothing_UntilTheCardGivesBack()
    {
        Start();
        _hardware.HoldsTransmit = true;
        int taken = 0;
        while (_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, s_vm)))
        {
            taken++;
            _card.Flush();
        }

        Assert.Equal(127, taken);
        _hardware.ReleaseTransmit();
        Assert.True(_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, s_vm)));
    }

    [Fact]
    public void MaskedInterrupts_ComeWhenTheyAreAllowedAgain()
    {
        Start();
        _card.SetInterrupts(false);
        uint before = _hardware.InterruptCount;
        _hardware.Receive(SwitchBench.Frame(s_vm, SwitchBench.Outside));
        Assert.Equal(before, _hardware.InterruptCount);
        _card.SetInterrupts(true);
        Assert.Equal(before + 1, _hardware.InterruptCount);
    }

    [Fact]
    public void LinkThatGoes_IsNoticed()
    {
        Start();
        _hardware.IsLinkUp = false;
        _now = _card.Poll(_now);
        _card.Poll(_now);
        Assert.False(_card.IsLinkUp);
    }

    [Fact]
    public void CardThatDoesNotComeBack_IsGivenUp()
    {
        _hardware.IsStuck = true;
        _card.Start([s_vm], 0);
        Bring();
        Assert.False(_card.IsRunning);
        Assert.Equal("does not come out of its reset", _card.Problem);
        Assert.False(_card.TrySend(SwitchBench.Frame(SwitchBench.Outside, s_vm)));
    }

    [Fact]
    public void CardThatDisappears_IsGivenUp()
    {
        Start();
        _hardware.IsGone = true;
        Bring();
        Assert.False(_card.IsRunning);
        Assert.Equal("does not answer any more", _card.Problem);
        Assert.Null(Receive());
    }

    [Fact]
    public void NoMemory_IsAProblem() =>
        Assert.Equal("there is no memory for its buffers", new E1000eCard(_hardware, "e1000e", new FakeDmaMemory(1 << 16)).Problem);

    private void Start()
    {
        _card.Start([s_vm], 0);
        Bring();
        Assert.True(_card.IsRunning);
    }

    private void Bring()
    {
        for (int i = 0; i < 1000; i++)
        {
            ulong next = _card.Poll(_now);
            if (_card.IsRunning && i > 0 && !_hardware.IsGone)
            {
                _card.Poll(_now);
                return;
            }

            if (next == VirtualTimer.Never)
            {
                return;
            }

            _now = Math.Max(next, _now);
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
