using System;
using System.Linq;
using CsCheck;
using HyperCore.Core.Network;
using HyperCore.Core.Time;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Network;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The network device: virtio 1.2, 5.1.</summary>
public sealed class VirtioNetTests
{
    private const int Receive = VirtioNet.ReceiveQueue;
    private const int Transmit = VirtioNet.TransmitQueue;
    private const ulong Buffer = VirtioMachine.BufferArea;

    private readonly SwitchBench _bench = new(2);
    private readonly AttentionFlag _attention = new();
    private readonly VirtioMachine _machine;

    public VirtioNetTests()
    {
        _machine = new VirtioMachine(machine =>
            new VirtioNet(machine.Memory.Memory, machine.Clock, machine.Timers, _bench.Switch, _bench.Switch[0], _attention));
    }

    private VirtioNet Device => (VirtioNet)_machine.Device;

    private SwitchPort Own => _bench.Switch[0];

    private SwitchPort Other => _bench.Switch[1];

    [Fact]
    public void Function_IsANetworkCardWithItsAddress()
    {
        Assert.Equal(0x1041u, _machine.ReadConfig(2, 2));
        Assert.Equal(2u, _machine.Common(18, 2));
        byte[] address = [.. Enumerable.Range(0, 6).Select(i => (byte)_machine.DeviceConfig((uint)i, 1))];
        Assert.Equal(Own.Address, MacAddress.Read(address));
        Assert.Equal(1u, _machine.DeviceConfig(6, 2));
        Assert.Equal(1500u, _machine.DeviceConfig(10, 2));
        Assert.Equal(
            NetHeader.Mac | NetHeader.Status | NetHeader.Mtu | NetHeader.Checksum | NetHeader.Tso4 | NetHeader.Tso6, _machine.OfferedFeatures() & 0xFF_FFFF);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void SentFrame_ArrivesAtTheOtherPort(int pieces)
    {
        _machine.Start(ulong.MaxValue);
        byte[] frame = SwitchBench.Frame(Other.Address, Own.Address, 500, 9);
        Send(frame, pieces);
        Assert.True(_machine.Rings[Transmit].TryCollect(out Returned returned));
        Assert.Equal(new Returned(1, 0), returned);
        Assert.Equal(frame, Assert.Single(SwitchBench.Take(Other)));
        Assert.True(_attention.IsRaised);
        Assert.True(Own.TakeAttention());
        Assert.False(Own.TakeAttention());
    }

    [Fact]
    public void FrameForTheGuest_IsWrittenWithItsHeader()
    {
        _machine.Start(ulong.MaxValue);
        _machine.Offer(Receive, 3, new Piece(Buffer, 12, true), new Piece(Buffer + 0x100, 1600, true));
        byte[] frame = SwitchBench.Frame(Own.Address, Other.Address, 1514, 5);
        _bench.Switch.Send(Other, frame);
        Device.Deliver();
        Assert.True(_machine.Rings[Receive].TryCollect(out Returned returned));
        Assert.Equal(new Returned(3, 1526), returned);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], _machine.Memory.Read(Buffer, 12));
        Assert.Equal(frame, _machine.Memory.Read(Buffer + 0x100, 1514));
        Assert.Equal(VirtioMachine.FirstVector + 1, _machine.TakeInterrupt());
        Assert.Equal(1ul, Own.Received);
    }

    [Fact]
    public void FrameWithoutBuffer_WaitsForOne()
    {
        _machine.Start(ulong.MaxValue);
        _bench.Send(1, Own.Address, 100, 1);
        _bench.Send(1, Own.Address, 200, 2);
        Device.Deliver();
        Assert.Equal(2, Own.Queue.Count);
        _machine.Offer(Receive, 1, new Piece(Buffer, 1600, true));
        _machine.Offer(Receive, 2, new Piece(Buffer + 0x1000, 1600, true));
        Assert.True(_machine.Rings[Receive].TryCollect(out Returned first));
        Assert.True(_machine.Rings[Receive].TryCollect(out Returned second));
        Assert.Equal(new Returned(1, 112), first);
        Assert.Equal(new Returned(2, 212), second);
        Assert.Equal(0, Own.Queue.Count);
    }

    [Fact]
    public void NobodyThere_FramesAreDropped()
    {
        _bench.Send(1, Own.Address);
        Assert.Equal(1ul, Own.Dropped); // no driver yet
        _machine.Start(ulong.MaxValue);
        _bench.Send(1, Own.Address);
        Device.Suspend(true);
        _bench.Send(1, Own.Address);
        Assert.Equal(3ul, Own.Dropped);
        Device.Suspend(false);
        _bench.Send(1, Own.Address);
        Assert.Equal(1, Own.Queue.Count);
        _machine.PowerOn();
        Assert.Equal(0, Own.Queue.Count);
        Assert.Equal(4ul, Own.Dropped);
    }

    [Fact]
    public void BrokenDevice_HoldsNothing()
    {
        _machine.Start(ulong.MaxValue);
        _machine.Offer(Receive, 1, new Piece(Buffer, 100, true)); // less than a frame needs
        _bench.Send(1, Own.Address, 1000);
        Device.Deliver();
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) != 0);
        _bench.Send(1, Own.Address, 1000);
        Device.Deliver();
        Assert.Equal(0, Own.Queue.Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(12, 0)]
    [InlineData(12, 13)]
    [InlineData(12, 1515)]
    [InlineData(12, 60_000)]
    public void Frame_ThatCannotBe_IsCountedAndGivenBack(int header, int length)
    {
        _machine.Start(ulong.MaxValue);
        byte[] bytes = [.. new byte[header], .. SwitchBench.Frame(MacAddress.Broadcast, Own.Address, Math.Max(length, 14))[..length]];
        _machine.Memory.Write(Buffer, bytes);
        Piece piece = bytes.Length == 0 ? new Piece(Buffer, 8, true) : new Piece(Buffer, (uint)bytes.Length, false);
        _machine.Offer(Transmit, 1, piece);
        Assert.True(_machine.Rings[Transmit].TryCollect(out _));
        Assert.Equal(1ul, Own.Malformed);
        Assert.Empty(SwitchBench.Take(Other));
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) == 0);
    }

    [Theory]
    [InlineData(0, 2)] // a checksum that was looked at already
    [InlineData(1, 1)] // to be cut, but the checksum is said to be finished
    [InlineData(1, 3)] // UDP, to be cut
    [InlineData(1, 4)]
    public void Offload_ThatWasNotOffered_IsCounted(int at, byte value)
    {
        _machine.Start(ulong.MaxValue);
        byte[] bytes = [.. new byte[12], .. SwitchBench.Frame(MacAddress.Broadcast, Own.Address)];
        bytes[at] = value;
        _machine.Memory.Write(Buffer, bytes);
        _machine.Offer(Transmit, 1, new Piece(Buffer, (uint)bytes.Length, false));
        Assert.Equal(1ul, Own.Malformed);
        Assert.Empty(SwitchBench.Take(Other));
    }

    [Fact]
    public void SpoofedFrame_IsCountedAndGoesNowhere()
    {
        _machine.Start(ulong.MaxValue);
        Send(SwitchBench.Frame(MacAddress.Broadcast, Other.Address), 2);
        Assert.Equal(1ul, Own.Spoofed);
        Assert.Empty(SwitchBench.Take(Other));
        Assert.Empty(SwitchBench.Take(_bench.Uplink));
    }

    [Fact]
    public void ManyFrames_AreSentInSeveralTurns()
    {
        _machine.Start(ulong.MaxValue);
        byte[] bytes = [.. new byte[12], .. SwitchBench.Frame(SwitchBench.Outside, Own.Address, 1514)];
        _machine.Memory.Write(Buffer, bytes);
        for (int i = 0; i < 256; i++)
        {
            _machine.Rings[Transmit].Offer(i, [new Piece(Buffer, (uint)bytes.Length, false)]);
        }

        _machine.Notify(Transmit);
        Assert.InRange(Own.Sent, 50ul, 200ul);
        _machine.RunTimers();
        Assert.Equal(256ul, Own.Sent);
    }

    // Rings of random contents break this device, at most, and what leaves it has its address.
    [Fact]
    public void HostileDriver_BreaksItsDeviceOnly()
    {
        Gen.Select(Gen.Int, Gen.Int[1, 30]).Sample((seed, changes) =>
        {
            var test = new VirtioNetTests();
            var random = new Random(seed);
            VirtioMachine machine = test._machine;
            machine.Start(ulong.MaxValue);
            for (int i = 0; i < changes; i++)
            {
                ulong ring = VirtioMachine.RingArea + ((ulong)random.Next(2) * VirtioMachine.RingSpacing);
                machine.Memory.Write64(ring + (ulong)(random.Next(0x1800) & ~7), ((ulong)(uint)random.Next() << 32) | (uint)random.Next(0x40_1000));
                machine.Memory.Write(ring + 0x1002, (byte)random.Next(4), 0);
                test._bench.Send(1, test.Own.Address, 60 + random.Next(1000));
                machine.Notify(random.Next(2));
                test.Device.Deliver();
                machine.RunTimers(50);
            }

            Assert.All(SwitchBench.Take(test.Other), frame => Assert.Equal(test.Own.Address, EthernetFrame.Source(frame)));
            Assert.All(SwitchBench.Take(test._bench.Uplink), frame => Assert.True(frame.Length is >= 14 and <= 1518));
        }, iter: 200);
    }

    [Fact]
    public void UnfinishedChecksum_IsFinished()
    {
        _machine.Start(ulong.MaxValue);
        byte[] frame = SwitchBench.Frame(Other.Address, Own.Address, 101, 9);
        frame.AsSpan(34).Clear();
        (frame[34], frame[35], frame[100]) = (0x12, 0x34, 0x56);
        frame[50] = 0x11; // what the driver puts there: the sum of the pseudo-header
        SendWith([NetHeader.NeedsChecksum, 0, 0, 0, 0, 0, 34, 0, 16, 0, 0, 0], frame);
        byte[] sent = Assert.Single(SwitchBench.Take(Other));
        int expected = ~(0x1234 + 0x1100 + 0x5600) & 0xFFFF;
        Assert.Equal((expected >> 8, expected & 0xFF), (sent[50], sent[51]));
        (sent[50], sent[51]) = (0x11, 0);
        Assert.Equal(frame, sent);
    }

    [Fact]
    public void LongSegment_IsSentInPieces_WithOneNotification()
    {
        _machine.Start(ulong.MaxValue);
        SendWith([NetHeader.NeedsChecksum, NetHeader.SegmentsTcp4, 54, 0, 0xB4, 5, 34, 0, 16, 0, 0, 0], LongSegment(30_000));
        byte[][] pieces = [.. SwitchBench.Take(Other)];
        Assert.Equal((30_000 + 1459) / 1460, pieces.Length);
        Assert.All(pieces[..^1], piece => Assert.Equal(1514, piece.Length));
        Assert.Equal(Enumerable.Repeat((byte)0x77, 30_000), pieces.SelectMany(piece => piece.Skip(54)));
        Assert.True(_machine.Rings[Transmit].TryCollect(out _));
    }

    [Theory]
    [InlineData(NetHeader.Checksum)]
    [InlineData(NetHeader.Tso4)]
    public void LongSegment_WithoutTheFeature_IsCounted(ulong missing)
    {
        _machine.Start(ulong.MaxValue & ~missing);
        SendWith([NetHeader.NeedsChecksum, NetHeader.SegmentsTcp4, 54, 0, 0xB4, 5, 34, 0, 16, 0, 0, 0], LongSegment(30_000));
        Assert.Empty(SwitchBench.Take(Other));
        Assert.Equal(1ul, Own.Malformed);
    }

    [Theory]
    [InlineData(13, 16)] // within the Ethernet header
    [InlineData(34, 65)] // one byte too far
    [InlineData(34, 0xFFFF)]
    [InlineData(0xFFFF, 16)]
    public void ChecksumOutsideOfTheFrame_IsCounted(ushort start, ushort place)
    {
        _machine.Start(ulong.MaxValue);
        byte[] frame = SwitchBench.Frame(Other.Address, Own.Address, 100, 9);
        SendWith([NetHeader.NeedsChecksum, 0, 0, 0, 0, 0, (byte)start, (byte)(start >> 8), (byte)place, (byte)(place >> 8), 0, 0], frame);
        Assert.Empty(SwitchBench.Take(Other));
        Assert.Equal(1ul, Own.Malformed);
    }

    private byte[] LongSegment(int payload)
    {
        byte[] frame = SwitchBench.Frame(Other.Address, Own.Address, 54 + payload, 9);
        frame.AsSpan(14).Fill(0x77);
        (frame[12], frame[13], frame[14], frame[20], frame[21], frame[23], frame[46]) = (8, 0, 0x45, 0x40, 0, 6, 0x50);
        (frame[16], frame[17]) = ((byte)((40 + payload) >> 8), (byte)(40 + payload));
        return frame;
    }

    private void SendWith(byte[] header, byte[] frame)
    {
        _machine.Memory.Write(Buffer, header);
        _machine.Memory.Write(Buffer + 0x100, frame);
        _machine.Offer(Transmit, 1, new Piece(Buffer, (uint)header.Length, false), new Piece(Buffer + 0x100, (uint)frame.Length, false));
    }

    private void Send(byte[] frame, int pieces)
    {
        byte[] bytes = [.. new byte[12], .. frame];
        _machine.Memory.Write(Buffer, bytes);
        var list = new Piece[pieces];
        int at = 0;
        for (int i = 0; i < pieces; i++)
        {
            int length = i == pieces - 1 ? bytes.Length - at : Math.Min(12 + (i * 7), bytes.Length - at);
            list[i] = new Piece(Buffer + (ulong)at, (uint)length, false);
            at += length;
        }

        _machine.Offer(Transmit, 1, list);
    }
}
