using HyperCore.Core.Virtio;

namespace HyperCore.Tests.Virtio;

/// <summary>A device that writes four bytes into each buffer and gives it back.</summary>
internal sealed class CountingDevice : VirtioDevice
{
    public const ushort DeviceId = 0x3F;
    public const ushort Queues = 2;
    public const ushort QueueSize = 16;
    public const int ConfigBytes = 10;
    public const ulong OwnFeature = 1ul << 5;

    private readonly DescriptorChain _chain;

    public CountingDevice(VirtioMachine machine)
        : base(DeviceId, machine.Memory.Memory, machine.Clock, machine.Timers, OwnFeature | VirtioFeature.RingPacked, [QueueSize, QueueSize], ConfigBytes)
    {
        _chain = new DescriptorChain(machine.Memory.Memory, QueueSize);
        for (int i = 0; i < ConfigBytes; i++)
        {
            Config[i] = (byte)(i + 1);
        }
    }

    public override string Name => "counting";

    public int Served { get; set; }

    protected override ServeResult Serve(int index, ref int budget)
    {
        Served++;
        Virtqueue queue = GetQueue(index);
        for (int i = 0; i < QueueSize; i++)
        {
            TakeResult result = queue.TryTake(_chain);
            if (result != TakeResult.Taken)
            {
                return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
            }

            _chain.TryWrite([1, 2, 3, 4]);
            queue.Put(_chain);
        }

        return ServeResult.More;
    }
}
