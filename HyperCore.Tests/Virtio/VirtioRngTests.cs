using System;
using HyperCore.Core.Processor;
using HyperCore.Core.Virtio;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The entropy device: virtio 1.2, 5.4.</summary>
public sealed class VirtioRngTests
{
    private readonly Source _source = new();
    private readonly VirtioMachine _machine;

    public VirtioRngTests() =>
        _machine = new VirtioMachine(machine => new VirtioRng(machine.Memory.Memory, machine.Clock, machine.Timers, _source));

    [Fact]
    public void Function_IsAnEntropySourceWithOneQueue()
    {
        Assert.Equal(0x1044u, _machine.ReadConfig(2, 2));
        Assert.Equal(1u, _machine.Common(18, 2));
        Assert.False(_machine.HasDeviceConfig);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(40u)]
    [InlineData(64u)]
    [InlineData(4096u)]
    public void Buffer_IsFilledAsFarAsTheDeviceLikes(uint length)
    {
        _machine.Start(ulong.MaxValue);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, length, true));
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(Math.Min(length, 64), returned.Written);
        byte[] bytes = _machine.Memory.Read(VirtioMachine.BufferArea, (int)returned.Written + 1);
        for (int i = 0; i < (int)returned.Written; i++)
        {
            Assert.Equal(i + 1, bytes[i]);
        }

        Assert.Equal(0, bytes[^1]);
    }

    [Fact]
    public void Source_ThatIsExhausted_IsAskedAgainLater()
    {
        _source.Empty = true;
        _machine.Start(ulong.MaxValue);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.False(_machine.Rings[0].TryCollect(out _));
        Assert.Equal(20, _machine.RunTimers(20));
        Assert.False(_machine.Rings[0].TryCollect(out _));
        _source.Empty = false;
        _machine.RunTimers(2);
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(8u, returned.Written);
    }

    [Fact]
    public void ManyBuffers_TakeSeveralTurns()
    {
        _machine.Start(ulong.MaxValue);
        RingDriver ring = _machine.Rings[0];
        int collected = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 16 && ring.FreeDescriptors > 0; i++)
            {
                ring.Offer(i, [new Piece(VirtioMachine.BufferArea + ((ulong)i * 64), 64, true)]);
            }

            _machine.Notify(0);
            Assert.InRange(_source.Calls, 1, (collected * 2) + 17);
            _machine.RunTimers();
            while (ring.TryCollect(out Returned returned))
            {
                Assert.Equal(64u, returned.Written);
                collected++;
            }
        }

        Assert.Equal(64, collected);
    }

    [Fact]
    public void ReadableBuffer_IsReturnedEmpty()
    {
        _machine.Start(ulong.MaxValue);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, false));
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(new Returned(1, 0), returned);
    }

    private sealed class Source : EntropySource
    {
        public bool Empty { get; set; }

        public int Calls { get; private set; }

        public override bool TryFill(Span<byte> destination)
        {
            Calls++;
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (byte)(i + 1);
            }

            return !Empty;
        }
    }
}
