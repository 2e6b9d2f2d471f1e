using System;
using System.Buffers.Binary;
using HyperCore.Core.Memory;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A virtio device without its bus: features, status, queues and configuration space (virtio 1.2, 2). A kind of device overrides
/// <see cref="Serve"/>. Queues are served when the driver notifies, for as long as a budget lasts; what is left then is done by a timer, with
/// pauses, so that no driver keeps a processor from other VMs.
/// </summary>
public abstract class VirtioDevice
{
    /// <summary>What one notification may cost, in bytes copied; other work is converted to that.</summary>
    public const int Budget = 256 << 10;

    /// <summary>What a buffer costs besides its contents.</summary>
    public const int CostOfBuffer = 512;

    /// <summary>What each piece of a buffer costs.</summary>
    public const int CostOfSegment = 64;

    /// <summary>What it costs when a buffer is the first to touch a chunk of RAM, which is zeroed then.</summary>
    public const int CostOfChunk = 64 << 10;

    private const ulong ShortestPause = 20_000;
    private const ulong PauseOfBlocked = 1_000_000;

    // After a turn of the timer the device rests for three times as long.
    private const ulong Rest = 3;

    private readonly Virtqueue[] _queues;
    private readonly byte[] _config;
    private readonly Clock _clock;
    private readonly ContinueTimer _timer;
    private VirtioTransport? _transport;
    private uint _pending;

    /// <summary>Creates a device.</summary>
    /// <param name="type">Device ID, virtio 1.2, 5.</param>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="features">Feature bits besides <see cref="VirtioFeature.Common"/>.</param>
    /// <param name="queueSizes">The size of each queue, a power of two.</param>
    /// <param name="configSize">Bytes of the device-specific configuration.</param>
    protected VirtioDevice(
        ushort type, GuestMemory memory, Clock clock, TimerSet timers, ulong features, ReadOnlySpan<ushort> queueSizes, int configSize)
    {
        Type = type;
        Memory = memory;
        _clock = clock;
        _timer = new ContinueTimer(timers, this);
        Negotiation = new VirtioNegotiation(VirtioFeature.Common | features);
        _queues = new Virtqueue[queueSizes.Length];
        for (int i = 0; i < _queues.Length; i++)
        {
            _queues[i] = new Virtqueue(memory, queueSizes[i]);
        }

        _config = new byte[configSize];
    }

    /// <summary>The device's name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Device ID, virtio 1.2, 5.</summary>
    public ushort Type { get; }

    /// <summary>Features and status.</summary>
    public VirtioNegotiation Negotiation { get; }

    /// <summary>Number of queues.</summary>
    public int QueueCount => _queues.Length;

    /// <summary>Bytes of the device-specific configuration.</summary>
    public int ConfigSize => _config.Length;

    /// <summary>The guest's memory.</summary>
    protected GuestMemory Memory { get; }

    /// <summary>The device-specific configuration, filled in while the device is built; the guest cannot change it.</summary>
    protected Span<byte> Config => _config;

    /// <summary>The driver is ready and has done nothing forbidden.</summary>
    protected bool IsRunning => Negotiation.IsRunning && _transport is { MayAccessMemory: true };

    /// <summary>A queue.</summary>
    public Virtqueue GetQueue(int index) => _queues[index];

    /// <summary>Puts the device on its bus; only while the VM is built.</summary>
    public void Connect(VirtioTransport transport) => _transport = transport;

    /// <summary>Reads the device-specific configuration; zero beyond its end.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="size">1, 2 or 4 bytes.</param>
    public uint ReadConfig(int offset, int size)
    {
        uint value = 0;
        for (int i = 0; i < size; i++)
        {
            value |= (uint)(offset + i) < (uint)_config.Length ? (uint)_config[offset + i] << (8 * i) : 0;
        }

        return value;
    }

    /// <summary>The driver writes the status field; 0 resets the device (2.1, 2.4).</summary>
    public void WriteStatus(DeviceStatus value)
    {
        if (value == DeviceStatus.None)
        {
            Reset();
        }
        else if (Negotiation.WriteStatus(value))
        {
            OnStarted();
            Resume();
        }
    }

    /// <summary>The driver enables a queue. One that cannot be used is a reason to give up.</summary>
    public void EnableQueue(int index)
    {
        Virtqueue queue = _queues[index];
        if (Negotiation.HasFeatures && !queue.IsEnabled && !queue.TryEnable(Negotiation.Accepted))
        {
            GiveUp();
        }
    }

    /// <summary>Available buffer notification: the driver has put buffers into a queue.</summary>
    public void Notify(int index)
    {
        if ((uint)index < (uint)_queues.Length && IsRunning)
        {
            ServeQueues(1u << index);
        }
    }

    /// <summary>Looks at all queues: after the driver became ready, or may be served again.</summary>
    public void Resume()
    {
        if (IsRunning)
        {
            ServeQueues((1u << _queues.Length) - 1);
        }
    }

    /// <summary>The state after power-on.</summary>
    public void Reset()
    {
        Negotiation.Reset();
        for (int i = 0; i < _queues.Length; i++)
        {
            _queues[i].Reset();
        }

        _pending = 0;
        _timer.Cancel();
        OnReset();
    }

    /// <summary>Works on a queue until nothing is left or the budget is used up.</summary>
    /// <param name="index">Which queue.</param>
    /// <param name="budget">What may be spent; the method takes off what it spent.</param>
    protected abstract ServeResult Serve(int index, ref int budget);

    /// <summary>The driver has become ready; no queue has been looked at.</summary>
    protected virtual void OnStarted()
    {
    }

    /// <summary>The device was reset: buffers in hand are forgotten.</summary>
    protected virtual void OnReset()
    {
    }

    /// <summary>Takes off the budget what was zeroed of the guest's RAM since this was called last.</summary>
    protected void ChargeMemory(ref int budget) => budget -= Math.Min(Memory.Preparation?.TakeCount() ?? 0, Budget / CostOfChunk) * CostOfChunk;

    /// <summary>Interrupts the driver if it wants to know about what was used.</summary>
    protected void SignalUsed(Virtqueue queue)
    {
        if (queue.TakeInterruptRequest())
        {
            _transport?.NotifyUsed(queue);
        }
    }

    /// <summary>The driver broke the rules: nothing is done until it resets the device (2.1.2).</summary>
    protected void GiveUp()
    {
        _pending = 0;
        _timer.Cancel();
        if (Negotiation.NeedReset())
        {
            _transport?.NotifyConfigurationChange();
        }
    }

    /// <summary>Stores a value into the configuration.</summary>
    protected void SetConfig32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(offset, 4), value);

    /// <summary>Stores a value into the configuration.</summary>
    protected void SetConfig64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_config.AsSpan(offset, 8), value);

    private void ServeQueues(uint queues)
    {
        ulong begin = _clock.Now;
        Memory.Preparation?.TakeCount();
        int budget = Budget;
        bool blocked = false;
        _pending |= queues;
        for (int i = 0; i < _queues.Length && _pending != 0; i++)
        {
            uint bit = 1u << i;
            if ((_pending & bit) == 0)
            {
                continue;
            }

            ServeResult result = Serve(i, ref budget);
            SignalUsed(_queues[i]);
            if (result == ServeResult.Broken)
            {
                GiveUp();
                return;
            }

            blocked |= result == ServeResult.Blocked;
            _pending = result == ServeResult.Idle ? _pending & ~bit : _pending | bit;
        }

        if (_pending != 0)
        {
            ulong now = _clock.Now;
            ulong pause = budget > 0 && blocked ? PauseOfBlocked : Math.Max(ShortestPause, (now - begin) * Rest);
            _timer.Arm(now + pause);
        }
        else if (_timer.Deadline != VirtualTimer.Never)
        {
            _timer.Cancel();
        }
    }

    private sealed class ContinueTimer(TimerSet timers, VirtioDevice device) : VirtualTimer(timers)
    {
        protected internal override void Fire(ulong deadline)
        {
            if (device.IsRunning)
            {
                device.ServeQueues(0);
            }
        }
    }
}
