using System;
using System.Buffers.Binary;
using HyperCore.Core.Memory;
using HyperCore.Core.Network;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A network device (virtio 1.2, 5.1) at a port of the <see cref="VirtualSwitch"/>: one pair of queues, no offloads, one buffer for each received
/// frame. Its link is always up, because the switch is always there.
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
    private readonly byte[] _frame = new byte[EthernetFrame.MaxTaggedSize];
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

    private static ulong Features => NetHeader.Mac | NetHeader.Status | NetHeader.Mtu;

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

            budget -= CostOfBuffer + (CostOfSegment * _transmitted.SegmentCount) + _frame.Length;
            SendFrame();
            queue.Put(_transmitted);
        }

        return ServeResult.More;
    }

    // The frame is copied before it is looked at, so that the guest cannot change it in between.
    private void SendFrame()
    {
        Span<byte> header = stackalloc byte[NetHeader.Size];
        bool good = _transmitted.TryRead(header)
            && header[NetHeader.FlagsOffset] == 0
            && header[NetHeader.SegmentationOffset] == 0
            && _transmitted.ReadableLeft <= (ulong)_frame.Length;
        Span<byte> frame = _frame.AsSpan(0, good ? (int)_transmitted.ReadableLeft : 0);
        if (!good || !_transmitted.TryRead(frame))
        {
            _port.CountMalformed();
            return;
        }

        _switch.Send(_port, frame);
        _attention.IsRaised = true;
    }
}
