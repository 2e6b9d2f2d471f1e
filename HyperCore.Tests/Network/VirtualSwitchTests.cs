using System.Collections.Generic;
using System.Linq;
using CsCheck;
using HyperCore.Core.Network;
using Xunit;

namespace HyperCore.Tests.Network;

/// <summary>Who is handed which frame.</summary>
public sealed class VirtualSwitchTests
{
    private readonly SwitchBench _bench = new(3);

    [Fact]
    public void Unicast_GoesToItsOwnerOnly()
    {
        _bench.Send(0, _bench.Switch[2].Address, 700, 7);
        Assert.Empty(SwitchBench.Take(_bench.Switch[0]));
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Empty(SwitchBench.Take(_bench.Uplink));
        byte[] frame = Assert.Single(SwitchBench.Take(_bench.Switch[2]));
        Assert.Equal(SwitchBench.Frame(_bench.Switch[2].Address, _bench.Switch[0].Address, 700, 7), frame);
        Assert.Equal(1ul, _bench.Switch[0].Sent);
        Assert.Equal(1ul, _bench.Switch[2].Received);
    }

    [Fact]
    public void UnknownUnicast_FromAVm_GoesToTheUplinkOnly()
    {
        _bench.Send(0, SwitchBench.Outside);
        Assert.Single(SwitchBench.Take(_bench.Uplink));
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Empty(SwitchBench.Take(_bench.Switch[2]));
    }

    [Fact]
    public void Groups_GoToAllButTheSender()
    {
        _bench.Send(1, MacAddress.Broadcast);
        _bench.Send(1, new MacAddress(0x3333_0000_0001));
        Assert.Equal(2, SwitchBench.Take(_bench.Switch[0]).Count);
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Equal(2, SwitchBench.Take(_bench.Switch[2]).Count);
        Assert.Equal(2, SwitchBench.Take(_bench.Uplink).Count);
    }

    [Fact]
    public void SpoofedSource_IsDroppedAndCounted()
    {
        SwitchPort sender = _bench.Switch[0];
        foreach (MacAddress source in new[] { _bench.Switch[1].Address, SwitchBench.Outside, SwitchBench.Card, MacAddress.Broadcast, default })
        {
            _bench.Switch.Send(sender, SwitchBench.Frame(MacAddress.Broadcast, source));
        }

        Assert.Equal(5ul, sender.Spoofed);
        Assert.Equal(0ul, sender.Sent);
        Assert.False(sender.TakeAttention());
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Empty(SwitchBench.Take(_bench.Uplink));
    }

    [Fact]
    public void FromUplink_OnlyFramesForVmsAndGroupsComeIn()
    {
        _bench.Switch.SendFromUplink(SwitchBench.Frame(_bench.Switch[1].Address, SwitchBench.Outside));
        _bench.Switch.SendFromUplink(SwitchBench.Frame(SwitchBench.Card, SwitchBench.Outside));
        _bench.Switch.SendFromUplink(SwitchBench.Frame(new MacAddress(0x0077_0000_0001), SwitchBench.Outside));
        Assert.Empty(SwitchBench.Take(_bench.Switch[0]));
        Assert.Single(SwitchBench.Take(_bench.Switch[1]));
        _bench.Switch.SendFromUplink(SwitchBench.Frame(MacAddress.Broadcast, SwitchBench.Outside));
        Assert.Single(SwitchBench.Take(_bench.Switch[0]));
        Assert.Single(SwitchBench.Take(_bench.Switch[2]));
        Assert.Empty(SwitchBench.Take(_bench.Uplink));
    }

    [Fact]
    public void FromUplink_WithAVmsSource_IsDroppedAndCounted()
    {
        _bench.Switch.SendFromUplink(SwitchBench.Frame(_bench.Switch[1].Address, _bench.Switch[0].Address));
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
        Assert.Equal(1ul, _bench.Uplink.Spoofed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(1515)]
    [InlineData(1518)]
    public void Length_ThatCannotBe_IsDroppedAndCounted(int length)
    {
        byte[] frame = SwitchBench.Frame(MacAddress.Broadcast, _bench.Switch[0].Address, 1518)[..length];
        _bench.Switch.Send(_bench.Switch[0], frame);
        _bench.Switch.SendFromUplink(frame);
        Assert.Equal(1ul, _bench.Switch[0].Malformed);
        Assert.Equal(1ul, _bench.Uplink.Malformed);
        Assert.Empty(SwitchBench.Take(_bench.Switch[1]));
    }

    [Fact]
    public void Length_AtTheLimits_IsTaken()
    {
        _bench.Send(0, MacAddress.Broadcast, 14);
        _bench.Send(0, MacAddress.Broadcast, 1514);
        byte[] tagged = SwitchBench.Frame(MacAddress.Broadcast, _bench.Switch[0].Address, 1518);
        tagged[12] = 0x81;
        _bench.Switch.Send(_bench.Switch[0], tagged);
        Assert.Equal([14, 1514, 1518], SwitchBench.Take(_bench.Switch[1]).Select(frame => frame.Length));
    }

    [Fact]
    public void ClosedPort_GetsNothing_AndForgetsWhatWaited()
    {
        SwitchPort port = _bench.Switch[1];
        _bench.Send(0, port.Address);
        port.Queue.SetOpen(port.Index, false);
        _bench.Send(0, port.Address);
        Assert.Equal(2ul, port.Dropped);
        port.Queue.SetOpen(port.Index, true);
        Assert.Empty(SwitchBench.Take(port));
    }

    [Fact]
    public void Flood_TakesNoPlaceFromOthers()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _bench.Send(0, _bench.Switch[1].Address, 1514);
            _bench.Send(0, SwitchBench.Outside, 1514);
        }

        _bench.Send(2, _bench.Switch[1].Address, fill: 2);
        _bench.Switch.SendFromUplink(SwitchBench.Frame(_bench.Switch[1].Address, SwitchBench.Outside, fill: 3));
        _bench.Send(2, SwitchBench.Outside, fill: 2);
        List<byte[]> frames = SwitchBench.Take(_bench.Switch[1]);
        Assert.Equal((FrameQueue.Places / 3) + 2, frames.Count);
        Assert.Equal(2, frames[^2][^1]);
        Assert.Equal(3, frames[^1][^1]);
        Assert.Equal(10_000ul - (FrameQueue.Places / 3), _bench.Switch[1].Dropped);
        Assert.Equal((FrameQueue.Places / 3) + 1, SwitchBench.Take(_bench.Uplink).Count);
    }

    [Fact]
    public void WithoutUplink_UnknownUnicastGoesNowhere()
    {
        var bench = new SwitchBench(2, hasUplink: false);
        bench.Send(0, SwitchBench.Outside);
        Assert.Empty(SwitchBench.Take(bench.Switch[1]));
        bench.Send(0, MacAddress.Broadcast);
        Assert.Single(SwitchBench.Take(bench.Switch[1]));
    }

    [Fact]
    public void Addresses_AreLocalStableAndDifferent()
    {
        var again = new SwitchBench(8);
        var seen = new HashSet<ulong>();
        for (int i = 0; i < again.Switch.PortCount; i++)
        {
            MacAddress address = again.Switch[i].Address;
            Assert.True(address.IsLocal);
            Assert.False(address.IsGroup);
            Assert.True(seen.Add(address.Value));
        }

        Assert.Equal(_bench.Switch[2].Address, again.Switch[2].Address);
        Assert.NotEqual(MacAddress.ForVirtualMachine("mail", SwitchBench.Card), MacAddress.ForVirtualMachine("mail", new MacAddress(0x5254_0012_3457)));
    }

    // Whatever is sent: a VM is handed what is for it or for a group, from somebody else, under the sender's own address, and all of that.
    [Fact]
    public void RandomTraffic_FollowsTheRules()
    {
        Gen<(int From, int To, int Source, int Length)> frame = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 8], Gen.Int[0, 20], Gen.Int[0, 1600]);
        frame.Array[0, 60].Sample(frames =>
        {
            var bench = new SwitchBench(4);
            MacAddress[] known =
            [
                bench.Switch[0].Address, bench.Switch[1].Address, bench.Switch[2].Address, bench.Switch[3].Address,
                SwitchBench.Outside, MacAddress.Broadcast, new(0x0100_5E00_0001), SwitchBench.Card, new(0x0200_0000_0001),
            ];
            var expected = new List<byte[]>[5];
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = [];
            }

            for (int i = 0; i < frames.Length; i++)
            {
                (int from, int to, int source, int length) = frames[i];
                MacAddress own = from < 4 ? known[from] : SwitchBench.Outside;
                MacAddress claimed = source < known.Length ? known[source] : own;
                byte[] bytes = SwitchBench.Frame(known[to], claimed, System.Math.Max(length, 14), (byte)i)[..length];
                if (from < 4)
                {
                    bench.Switch.Send(bench.Switch[from], bytes);
                }
                else
                {
                    bench.Switch.SendFromUplink(bytes);
                }

                bool isVmAddress = System.Array.IndexOf(known, claimed) is >= 0 and < 4;
                bool passes = length is >= 14 and <= 1514 && (from < 4 ? claimed.Equals(own) : !isVmAddress);
                for (int port = 0; passes && port < 5; port++)
                {
                    bool isFor = known[to].IsGroup || (port < 4 ? to == port : to >= 4);
                    if (port != from && isFor)
                    {
                        expected[port].Add(bytes);
                    }
                }
            }

            for (int port = 0; port < 5; port++)
            {
                Assert.Equal(expected[port], SwitchBench.Take(port < 4 ? bench.Switch[port] : bench.Uplink));
            }
        });
    }
}
