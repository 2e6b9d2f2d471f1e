using System;
using HyperCore.Core.Memory;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>An entropy device (virtio 1.2, 5.4): it fills the driver's buffers with random bytes, a few of each.</summary>
public sealed class VirtioRng : VirtioDevice
{
    /// <summary>Its device ID.</summary>
    public const ushort DeviceId = 4;

    /// <summary>Entries of its queue.</summary>
    public const ushort QueueSize = 16;

    /// <summary>The most bytes of one buffer that are filled; the device may use less than it is given (5.4.6.1).</summary>
    public const int BytesOfBuffer = 64;

    // Processors take about a thousand cycles for eight bytes.
    private const int CostOfFilling = 16 << 10;

    private readonly EntropySource _source;
    private readonly DescriptorChain _chain;
    private bool _waiting;

    /// <summary>Creates the device.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="source">Where random numbers come from.</param>
    public VirtioRng(GuestMemory memory, Clock clock, TimerSet timers, EntropySource source)
        : base(DeviceId, memory, clock, timers, features: 0, [QueueSize], configSize: 0)
    {
        _source = source;
        _chain = new DescriptorChain(memory, QueueSize);
    }

    /// <inheritdoc/>
    public override string Name => "virtio entropy";

    /// <inheritdoc/>
    protected override void OnReset() => _waiting = false;

    /// <inheritdoc/>
    protected override ServeResult Serve(int index, ref int budget)
    {
        Virtqueue queue = GetQueue(0);
        Span<byte> bytes = stackalloc byte[BytesOfBuffer];
        while (true)
        {
            if (budget <= 0)
            {
                return ServeResult.More;
            }

            if (!_waiting)
            {
                TakeResult result = queue.TryTake(_chain);
                if (result != TakeResult.Taken)
                {
                    return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
                }

                _waiting = true;
            }

            budget -= CostOfFilling;
            Span<byte> slice = bytes.Slice(0, (int)Math.Min(_chain.WritableLeft, BytesOfBuffer));
            if (!_source.TryFill(slice))
            {
                return ServeResult.Blocked;
            }

            _chain.TryWrite(slice);
            _waiting = false;
            queue.Put(_chain);
            ChargeMemory(ref budget);
        }
    }
}
