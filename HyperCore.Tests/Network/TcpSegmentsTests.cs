using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Network;
using Xunit;

namespace HyperCore.Tests.Network;

/// <summary>Long TCP segments, cut: RFC 9293, RFC 791, RFC 8200.</summary>
public sealed class TcpSegmentsTests
{
    private const int TcpOf4 = 14 + 20;

    private static readonly Gen<Sample> s_samples =
        from is6 in Gen.Bool
        from tagged in Gen.Bool
        from options in Gen.Int[0, 10]
        from payload in Gen.OneOf(Gen.Int[1, 3000], Gen.Int[1, 65000])
        from size in Gen.Int[TcpSegments.MinSize, 1400]
        from seed in Gen.Int
        select new Sample(is6, tagged, options, payload, size, seed);

    [Fact]
    public void Pieces_TogetherAreTheWhole_AndEachIsAGoodSegment() => s_samples.Sample(
        sample =>
        {
            byte[] frame = sample.Frame();
            Assert.True(TcpSegments.TryParse(frame, sample.Is6, sample.Size, out TcpSegments segments));
            List<byte[]> pieces = Cut(segments);
            Assert.Equal((sample.Payload + sample.Size - 1) / sample.Size, pieces.Count);
            int at = sample.PayloadOffset;
            for (int i = 0; i < pieces.Count; i++)
            {
                byte[] piece = pieces[i];
                int count = Math.Min(sample.Size, frame.Length - at);
                Assert.True(EthernetFrame.HasValidLength(piece));
                Assert.Equal(frame.AsSpan(at, count), piece.AsSpan(sample.PayloadOffset));
                Assert.Equal(frame.AsSpan(0, sample.Network), piece.AsSpan(0, sample.Network));
                CheckHeaders(sample, frame, piece, i, i == pieces.Count - 1);
                at += count;
            }

            Assert.Equal(frame.Length, at);
        },
        iter: 300);

    [Fact]
    public void AnyBytes_AreRefusedOrCutIntoFrames() =>
        Gen.Select(s_samples, Gen.Select(Gen.Int[0, 80], Gen.Byte).Array[0, 4], Gen.Int[0, 70_000], Gen.Int[0, 0xFFFF], Gen.Bool).Sample(
            (sample, changes, length, size, is6) =>
            {
                byte[] frame = sample.Frame();
                foreach ((int place, byte value) in changes)
                {
                    frame[Math.Min(place, frame.Length - 1)] = value;
                }

                Array.Resize(ref frame, Math.Min(length, length < 200 ? length : frame.Length));
                if (TcpSegments.TryParse(frame, is6, size, out TcpSegments segments))
                {
                    List<byte[]> pieces = Cut(segments);
                    Assert.InRange(pieces.Count, 1, TcpSegments.MaxFrame / TcpSegments.MinSize);
                    Assert.All(pieces, piece => Assert.True(EthernetFrame.HasValidLength(piece)));
                }
            },
            iter: 3000);

    [Theory]
    [InlineData(14, 0x55)] // IPv5
    [InlineData(14, 0x44)] // a header of 16 bytes
    [InlineData(20, 0x20)] // the first fragment
    [InlineData(21, 0x01)] // a later one
    [InlineData(23, 17)] // UDP
    [InlineData(17, 0)] // another length than the frame's
    [InlineData(12, 0x86)] // another type
    [InlineData(TcpOf4 + 12, 0x40)] // TCP's header of 16 bytes
    public void WrongHeader_IsRefused(int offset, byte value)
    {
        byte[] frame = new Sample(false, false, 0, 3000, 1000, 1).Frame();
        Assert.True(TcpSegments.TryParse(frame, false, 1000, out _));
        frame[offset] = value;
        Assert.False(TcpSegments.TryParse(frame, false, 1000, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(TcpSegments.MinSize - 1)]
    [InlineData(1461)]
    [InlineData(0xFFFF)]
    public void WrongSize_IsRefused(int size)
    {
        byte[] frame = new Sample(false, false, 0, 3000, 1000, 1).Frame();
        Assert.True(TcpSegments.TryParse(frame, false, 1460, out _));
        Assert.False(TcpSegments.TryParse(frame, false, size, out _));
    }

    [Fact]
    public void Ip6WithExtensionHeader_IsRefused()
    {
        byte[] frame = new Sample(true, false, 0, 3000, 1000, 1).Frame();
        frame[14 + 6] = 0;
        Assert.False(TcpSegments.TryParse(frame, true, 1000, out _));
    }

    // The example of RFC 1071, section 3: 00 01 f2 03 f4 f5 f6 f7 add up to ddf2.
    [Fact]
    public void Checksum_OfTheRfcsExample()
    {
        byte[] data = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        Assert.Equal((ushort)(0xFFFF - 0xDDF2), BinaryPrimitives.ReverseEndianness(InternetChecksum.Finish(InternetChecksum.Add(0, data))));
    }

    private static List<byte[]> Cut(TcpSegments segments)
    {
        var pieces = new List<byte[]>();
        byte[] buffer = new byte[EthernetFrame.MaxTaggedSize];
        while (segments.TryNext(buffer, out Span<byte> piece))
        {
            pieces.Add(piece.ToArray());
        }

        return pieces;
    }

    private static void CheckHeaders(Sample sample, byte[] frame, byte[] piece, int number, bool isLast)
    {
        ReadOnlySpan<byte> packet = piece.AsSpan(sample.Network);
        ReadOnlySpan<byte> tcp = piece.AsSpan(sample.Transport);
        uint first = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(sample.Transport + 4));
        Assert.Equal(first + (uint)(number * sample.Size), BinaryPrimitives.ReadUInt32BigEndian(tcp.Slice(4)));

        // CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.
        int flags = frame[sample.Transport + 13];
        Assert.Equal(flags & ~((isLast ? 0 : 0x09) | (number == 0 ? 0 : 0x80)), tcp[13]);
        if (sample.Is6)
        {
            Assert.Equal(packet.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(4)));
            Assert.Equal(0xFFFF, Sum(packet.Slice(8, 32).ToArray(), tcp.ToArray(), tcp.Length));
        }
        else
        {
            ushort id = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(sample.Network + 4));
            Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(2)));
            Assert.Equal((ushort)(id + number), BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(4)));
            Assert.Equal(0xFFFF, Sum(packet.Slice(0, 20).ToArray(), [], 0, protocol: 0));
            Assert.Equal(0xFFFF, Sum(packet.Slice(12, 8).ToArray(), tcp.ToArray(), tcp.Length));
        }
    }

    // Two bytes at a time, in network order: what a receiver does, and finds all ones when nothing is broken.
    private static int Sum(byte[] head, byte[] data, int length, int protocol = 6)
    {
        uint sum = (uint)(length + protocol);
        foreach (byte[] bytes in new[] { head, data })
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                sum += (uint)bytes[i] << (i % 2 == 0 ? 8 : 0);
            }
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (int)sum;
    }

    private sealed record Sample(bool Is6, bool Tagged, int Options, int Payload, int Size, int Seed)
    {
        public int Network => Tagged ? 18 : 14;

        public int Transport => Network + (Is6 ? 40 : 20);

        public int PayloadOffset => Transport + 20 + (4 * Options);

        public byte[] Frame()
        {
            byte[] frame = new byte[PayloadOffset + Payload];
            new Random(Seed).NextBytes(frame);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x8100);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Network - 2), (ushort)(Is6 ? 0x86DD : 0x0800));
            Span<byte> packet = frame.AsSpan(Network);
            if (Is6)
            {
                packet[0] = 0x60;
                packet[6] = 6;
                BinaryPrimitives.WriteUInt16BigEndian(packet.Slice(4), (ushort)(packet.Length - 40));
            }
            else
            {
                packet[0] = 0x45;
                packet[9] = 6;
                BinaryPrimitives.WriteUInt16BigEndian(packet.Slice(2), (ushort)packet.Length);
                BinaryPrimitives.WriteUInt16BigEndian(packet.Slice(6), 0x4000);
            }

            frame[Transport + 12] = (byte)((5 + Options) << 4);
            return frame;
        }
    }
}
