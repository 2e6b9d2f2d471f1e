using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Network;

/// <summary>
/// Cuts a TCP segment that is longer than the network takes into some that are not, as a network card with segmentation offload does: each has
/// the first one's headers, with lengths, sequence number and checksums of its own (RFC 9293, RFC 791, RFC 8200). Everything is checked, because it
/// comes from a guest: nothing but TCP directly in IPv4 or IPv6, whose lengths agree with the frame's.
/// </summary>
public ref struct TcpSegments
{
    /// <summary>The longest frame that is cut: the longest packet of IPv4, and of IPv6 without jumbograms, with a tag.</summary>
    public const int MaxFrame = EthernetFrame.HeaderSize + 4 + 0xFFFF;

    /// <summary>The shortest payload of a piece. Nobody's network has less (RFC 9293, 3.7.1, less the longest options), and a guest cannot make thousands of one frame.</summary>
    public const int MinSize = 88;

    private const int TaggedType = 0x8100;
    private const int TypeOf4 = 0x0800;
    private const int TypeOf6 = 0x86DD;
    private const int Tcp = 6;
    private const int MinHeaderOf4 = 20;
    private const int HeaderOf6 = 40;
    private const int MinTcpHeader = 20;
    private const byte Fin = 1;
    private const byte Push = 8;
    private const byte WindowReduced = 0x80;

    private readonly ReadOnlySpan<byte> _frame;
    private readonly int _network;
    private readonly int _transport;
    private readonly int _payload;
    private readonly int _size;
    private readonly bool _is6;
    private int _next;

    private TcpSegments(ReadOnlySpan<byte> frame, int network, int transport, int payload, int size, bool is6)
    {
        _frame = frame;
        _network = network;
        _transport = transport;
        _payload = payload;
        _size = size;
        _is6 = is6;
        _next = payload;
    }

    /// <summary>How many pieces there will be.</summary>
    public readonly int Count => (_frame.Length - _payload + _size - 1) / _size;

    /// <summary>Looks at a frame.</summary>
    /// <param name="frame">The frame, in memory that no guest can change.</param>
    /// <param name="is6">It is to be IPv6, else IPv4.</param>
    /// <param name="size">Payload of each piece but the last.</param>
    /// <param name="segments">The pieces.</param>
    /// <returns>It is such a frame, and can be cut so.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, bool is6, int size, out TcpSegments segments)
    {
        segments = default;
        int network = EthernetFrame.HeaderSize;
        if (frame.Length >= network + 4 && BinaryPrimitives.ReadUInt16BigEndian(frame.Slice(network - 2)) == TaggedType)
        {
            network += 4;
        }

        if (frame.Length > MaxFrame || size < MinSize || frame.Length < network + MinHeaderOf4 + MinTcpHeader)
        {
            return false;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(frame.Slice(network - 2));
        ReadOnlySpan<byte> packet = frame.Slice(network);
        int header = is6 ? HeaderLengthOf6(packet, type) : HeaderLengthOf4(packet, type);
        if (header == 0 || packet.Length < header + MinTcpHeader)
        {
            return false;
        }

        int tcp = (packet[header + 12] >> 4) * 4;
        int payload = network + header + tcp;

        // No piece is longer than the network takes; the tag does not count.
        if (tcp < MinTcpHeader || payload >= frame.Length || header + tcp + size > EthernetFrame.MaxPayload)
        {
            return false;
        }

        segments = new TcpSegments(frame, network, network + header, payload, size, is6);
        return true;
    }

    /// <summary>Makes the next piece.</summary>
    /// <param name="buffer">Room for it: <see cref="EthernetFrame.MaxTaggedSize"/> bytes.</param>
    /// <param name="piece">The piece, in the buffer.</param>
    /// <returns>There was one more.</returns>
    public bool TryNext(Span<byte> buffer, out Span<byte> piece)
    {
        int count = Math.Min(_size, _frame.Length - _next);
        if (count <= 0)
        {
            piece = default;
            return false;
        }

        piece = buffer.Slice(0, _payload + count);
        _frame.Slice(0, _payload).CopyTo(piece);
        _frame.Slice(_next, count).CopyTo(piece.Slice(_payload));
        Span<byte> packet = piece.Slice(_network);
        Span<byte> tcp = piece.Slice(_transport);
        bool isFirst = _next == _payload;
        bool isLast = _next + count == _frame.Length;

        Span<byte> sequence = tcp.Slice(4);
        BinaryPrimitives.WriteUInt32BigEndian(sequence, BinaryPrimitives.ReadUInt32BigEndian(sequence) + (uint)(_next - _payload));
        tcp[13] &= (byte)~((isLast ? 0 : Fin | Push) | (isFirst ? 0 : WindowReduced));
        if (_is6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.Slice(4), (ushort)tcp.Length);
        }
        else
        {
            FinishHeaderOf4(packet, (_next - _payload) / _size);
        }

        // The pseudo-header: both addresses, the protocol, the length.
        ReadOnlySpan<byte> addresses = _is6 ? packet.Slice(8, 32) : packet.Slice(12, 8);
        ulong sum = InternetChecksum.Add(InternetChecksum.Add(InternetChecksum.Add(0, addresses), (ushort)Tcp), (ushort)tcp.Length);
        Span<byte> checksum = tcp.Slice(16);
        BinaryPrimitives.WriteUInt16LittleEndian(checksum, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(checksum, InternetChecksum.Finish(InternetChecksum.Add(sum, tcp)));
        _next += count;
        return true;
    }

    private readonly void FinishHeaderOf4(Span<byte> packet, int number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.Slice(2), (ushort)packet.Length);
        Span<byte> identification = packet.Slice(4);
        BinaryPrimitives.WriteUInt16BigEndian(identification, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(identification) + number));
        Span<byte> checksum = packet.Slice(10);
        BinaryPrimitives.WriteUInt16LittleEndian(checksum, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(checksum, InternetChecksum.Finish(InternetChecksum.Add(0, packet.Slice(0, _transport - _network))));
    }

    // 0: no TCP in an unfragmented packet of the frame's length.
    private static int HeaderLengthOf4(ReadOnlySpan<byte> packet, int type)
    {
        int header = (packet[0] & 0xF) * 4;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(6)) & 0x3FFF) != 0;
        bool good = type == TypeOf4 && packet[0] >> 4 == 4 && header >= MinHeaderOf4 && !isFragment && packet[9] == Tcp
            && BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(2)) == packet.Length;
        return good ? header : 0;
    }

    private static int HeaderLengthOf6(ReadOnlySpan<byte> packet, int type)
    {
        bool good = type == TypeOf6 && packet[0] >> 4 == 6 && packet[6] == Tcp && packet.Length >= HeaderOf6
            && BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(4)) == packet.Length - HeaderOf6;
        return good ? HeaderOf6 : 0;
    }
}
