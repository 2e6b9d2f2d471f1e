using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Memory;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>A console device with one port (virtio 1.2, 5.3): what the guest transmits goes to a <see cref="SerialOutput"/>, without a size.</summary>
public sealed class VirtioConsole : VirtioDevice
{
    /// <summary>Its device ID.</summary>
    public const ushort DeviceId = 3;

    /// <summary>The queue of bytes for the guest, receiveq(port0).</summary>
    public const int ReceiveQueue = 0;

    /// <summary>The queue of bytes from the guest, transmitq(port0).</summary>
    public const int TransmitQueue = 1;

    /// <summary>Entries of each queue.</summary>
    public const ushort QueueSize = 64;

    private const int Slice = 256;

    // Bytes go one by one through the output's filter for control sequences.
    private const int CostOfByte = 16;

    private readonly SerialOutput _output;
    private readonly DescriptorChain _received;
    private readonly DescriptorChain _transmitted;
    private bool _transmitting;

    /// <summary>Creates the device.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="output">Where transmitted bytes go.</param>
    public VirtioConsole(GuestMemory memory, Clock clock, TimerSet timers, SerialOutput output)
        : base(DeviceId, memory, clock, timers, features: 0, [QueueSize, QueueSize], configSize: 0)
    {
        _output = output;
        _received = new DescriptorChain(memory, QueueSize);
        _transmitted = new DescriptorChain(memory, QueueSize);
    }

    /// <inheritdoc/>
    public override string Name => "virtio console";

    /// <summary>The guest has a driver that waits for input.</summary>
    public bool IsListening => IsRunning && GetQueue(ReceiveQueue).IsEnabled;

    /// <summary>Bytes arrive for the guest.</summary>
    /// <returns>How many were taken; the rest has to be offered again later.</returns>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        if (!IsListening)
        {
            return 0;
        }

        Virtqueue queue = GetQueue(ReceiveQueue);
        int taken = 0;
        for (int buffers = 0; taken < bytes.Length && buffers < QueueSize; buffers++)
        {
            TakeResult result = queue.TryTake(_received);
            if (result == TakeResult.Broken)
            {
                GiveUp();
                return taken;
            }

            if (result == TakeResult.Empty)
            {
                break;
            }

            int count = (int)Math.Min((ulong)(bytes.Length - taken), _received.WritableLeft);
            taken += _received.TryWrite(bytes.Slice(taken, count)) ? count : 0;
            queue.Put(_received);
        }

        SignalUsed(queue);
        return taken;
    }

    /// <inheritdoc/>
    protected override void OnStarted() => GetQueue(ReceiveQueue).SetNotifications(false); // input looks for buffers by itself

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _transmitting = false;
        _output.Discard();
    }

    /// <inheritdoc/>
    protected override ServeResult Serve(int index, ref int budget)
    {
        if (index != TransmitQueue)
        {
            return ServeResult.Idle;
        }

        Virtqueue queue = GetQueue(TransmitQueue);
        while (true)
        {
            if (!_transmitting)
            {
                if (budget <= 0)
                {
                    return ServeResult.More;
                }

                TakeResult result = queue.TryTake(_transmitted);
                if (result != TakeResult.Taken)
                {
                    return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
                }

                budget -= CostOfBuffer + (CostOfSegment * _transmitted.SegmentCount);
                _transmitting = true;
            }

            ServeResult sent = Transmit(ref budget);
            if (sent != ServeResult.Idle)
            {
                return sent;
            }

            _transmitting = false;
            queue.Put(_transmitted);
        }
    }

    private ServeResult Transmit(ref int budget)
    {
        Span<byte> buffer = stackalloc byte[Slice];
        while (_transmitted.ReadableLeft > 0)
        {
            if (budget <= 0)
            {
                return ServeResult.More;
            }

            int count = (int)Math.Min(Math.Min((ulong)_output.Room, Slice), _transmitted.ReadableLeft);
            if (count == 0)
            {
                return ServeResult.Blocked;
            }

            Span<byte> slice = buffer.Slice(0, count);
            if (!_transmitted.TryRead(slice))
            {
                return ServeResult.Broken;
            }

            for (int i = 0; i < slice.Length; i++)
            {
                _output.Write(slice[i]);
            }

            budget -= count * CostOfByte;
            ChargeMemory(ref budget);
        }

        return ServeResult.Idle;
    }
}
