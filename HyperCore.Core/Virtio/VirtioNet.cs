using System;
using System.Buffers.Binary;
using HyperCore.Core.Memory;
using HyperCore.Core.Network;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A network device (virtio 1.2, 5.1) at a port of the <see cref="VirtualSwitch"/>: one pair of queues, one buffer for each received frame. What
/// a guest sends may want its checksum finished and be cut into frames, so that it need not notify for each of them. Its link is always up, because the switch is always there.
/// </summary>
public sealed class VirtioNet : VirtioDevice
{
    /// <summary>Its device ID.</summary>
    public const ushort DeviceId = 1;

    /// <summary>The queue of frames for the guest, receiveq1.</summary>
    public const int ReceiveQueue = 0;

    /// <summary>The queue of frames from the guest, transmitq1.</summary>
    public const int TransmitQueue = 1;

    /// <summary>Entries of each queue.</summary>
    public const ushort QueueSize = 256;

    private readonly VirtualSwitch _switch;
    private readonly SwitchPort _port;
    private readonly AttentionFlag _attention;
    private readonly DescriptorChain _received;
    private readonly DescriptorChain _transmitted;
    private readonly byte[] _piece = new byte[EthernetFrame.MaxTaggedSize];
    private bool _isSuspended;
    private bool _isReady;

    /// <summary>Creates the device.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="network">The switch.</param>
    /// <param name="port">The VM's port there.</param>
    /// <param name="attention">Raised when a frame was sent.</param>
    public VirtioNet(GuestMemory memory, Clock clock, TimerSet timers, VirtualSwitch network, SwitchPort port, AttentionFlag attention)
        : base(DeviceId, memory, clock, timers, Features, [QueueSize, QueueSize], NetHeader.ConfigSize)
    {
        _switch = network;
        _port = port;
        _attention = attention;
        _received = new DescriptorChain(memory, QueueSize);
        _transmitted = new DescriptorChain(memory, QueueSize);
        port.Address.CopyTo(Config.Slice(NetHeader.MacOffset));
        BinaryPrimitives.WriteUInt16LittleEndian(Config.Slice(NetHeader.StatusOffset), NetHeader.LinkUp);
        BinaryPrimitives.WriteUInt16LittleEndian(Config.Slice(NetHeader.MaxPairsOffset), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(Config.Slice(NetHeader.MtuOffset), EthernetFrame.MaxPayload);
    }

    /// <inheritdoc/>
    public override string Name => "virtio network card";

    /// <summary>The VM's port of the switch.</summary>
    public SwitchPort Port => _port;

    private static ulong Features =>
        NetHeader.Mac | NetHeader.Status | NetHeader.Mtu | NetHeader.Checksum | NetHeader.Tso4 | NetHeader.Tso6;

    /// <summary>Frames wait for the guest. Called with the VM's lock held.</summary>
    public void Deliver()
    {
        if (IsRunning)
        {
            Notify(ReceiveQueue);
        }
        else
        {
            // The guest has broken its device, or does not let it reach memory.
            _port.Queue.SetOpen(_port.Index, false);
            UpdateQueue();
        }
    }

    /// <summary>The VM is paused, ends, or goes on: without it nothing waits for it. Called with the VM's lock held.</summary>
    public void Suspend(bool isSuspended)
    {
        _isSuspended = isSuspended;
        UpdateQueue();
    }

    /// <inheritdoc/>
    protected override void OnStarted()
    {
        _isReady = true;
        UpdateQueue();
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _isReady = false;
        UpdateQueue();
    }

    /// <inheritdoc/>
    protected override ServeResult Serve(int index, ref int budget) => index == ReceiveQueue ? Receive(ref budget) : Transmit(ref budget);

    private void UpdateQueue() => _port.Queue.SetOpen(_port.Index, _isReady && !_isSuspended);

    private ServeResult Receive(ref int budget)
    {
        Virtqueue queue = GetQueue(ReceiveQueue);
        Span<byte> header = stackalloc byte[NetHeader.Size];
        header.Clear();
        header[NetHeader.BuffersOffset] = 1; // 5.1.6.4.1
        while (budget > 0)
        {
            ReadOnlySpan<byte> frame = _port.Queue.Peek();
            if (frame.IsEmpty)
            {
                return ServeResult.Idle;
            }

            // Without a buffer the frame waits: the driver notifies when it adds one.
            TakeResult result = queue.TryTake(_received);
            if (result != TakeResult.Taken)
            {
                return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
            }

            budget -= CostOfBuffer + (CostOfSegment * _received.SegmentCount) + frame.Length;

            // A driver has to offer room for the largest frame (5.1.6.3.1).
            if (!_received.TryWrite(header) || !_received.TryWrite(frame))
            {
                return ServeResult.Broken;
            }

            queue.Put(_received);
            _port.FinishReceive();
            ChargeMemory(ref budget);
        }

        return ServeResult.More;
    }

    private ServeResult Transmit(ref int budget)
    {
        Virtqueue queue = GetQueue(TransmitQueue);
        while (budget > 0)
        {
            TakeResult result = queue.TryTake(_transmitted);
            if (result != TakeResult.Taken)
            {
                return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
            }

            budget -= CostOfBuffer + (CostOfSegment * _transmitted.SegmentCount) + (int)Math.Min(_transmitted.ReadableLeft, TcpSegments.MaxFrame);
            if (!SendFrame(ref budget))
            {
                _port.CountMalformed();
            }

            queue.Put(_transmitted);
            ChargeMemory(ref budget);
        }

        return ServeResult.More;
    }

    // The frame is copied before it is looked at, so that the guest cannot change it in between.
    private bool SendFrame(ref int budget)
    {
        Span<byte> header = stackalloc byte[NetHeader.Size];
        if (!_transmitted.TryRead(header) || _transmitted.ReadableLeft > TcpSegments.MaxFrame)
        {
            return false;
        }

        Span<byte> frame = _port.SendBuffer.Slice(0, (int)_transmitted.ReadableLeft);
        if (!_transmitted.TryRead(frame))
        {
            return false;
        }

        byte flags = header[NetHeader.FlagsOffset];
        bool needsChecksum = flags == NetHeader.NeedsChecksum && Accepted(NetHeader.Checksum);
        if (flags != 0 && !needsChecksum)
        {
            return false;
        }

        switch (header[NetHeader.SegmentationOffset])
        {
            case NetHeader.NoSegmentation:
                return (!needsChecksum || TryFinishChecksum(frame, header)) && SendWhole(frame);
            case NetHeader.SegmentsTcp4 when needsChecksum && Accepted(NetHeader.Tso4):
                return SendPieces(frame, header, is6: false, ref budget);
            case NetHeader.SegmentsTcp6 when needsChecksum && Accepted(NetHeader.Tso6):
                return SendPieces(frame, header, is6: true, ref budget);
            default:
                return false;
        }
    }

    private bool Accepted(ulong feature) => (Negotiation.Accepted & feature) != 0;

    private bool SendWhole(ReadOnlySpan<byte> frame)
    {
        _switch.Send(_port, frame);
        _attention.IsRaised = true;
        return true;
    }

    private bool SendPieces(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> header, bool is6, ref int budget)
    {
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header.Slice(NetHeader.SegmentSizeOffset));
        if (!TcpSegments.TryParse(frame, is6, size, out TcpSegments segments))
        {
            return false;
        }

        budget -= segments.Count * CostOfBuffer;
        while (segments.TryNext(_piece, out Span<byte> piece))
        {
            SendWhole(piece);
        }

        return true;
    }

    // 5.1.6.2: the field holds the sum of the pseudo-header already, and what is summed up begins in front of it.
    private static bool TryFinishChecksum(Span<byte> frame, ReadOnlySpan<byte> header)
    {
        int start = BinaryPrimitives.ReadUInt16LittleEndian(header.Slice(NetHeader.ChecksumStartOffset));
        int place = start + BinaryPrimitives.ReadUInt16LittleEndian(header.Slice(NetHeader.ChecksumPlaceOffset));
        if (start < EthernetFrame.HeaderSize || place > frame.Length - sizeof(ushort))
        {
            return false;
        }

        ushort checksum = InternetChecksum.Finish(InternetChecksum.Add(0, frame.Slice(start)));

        // For UDP zero would mean that there is none; for TCP both are the same number.
        BinaryPrimitives.WriteUInt16LittleEndian(frame.Slice(place), checksum == 0 ? ushort.MaxValue : checksum);
        return true;
    }
}
