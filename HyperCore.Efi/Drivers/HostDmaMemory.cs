using HyperCore.Core.Memory;
using HyperCore.Core.Usb;

namespace HyperCore.Efi.Drivers;

/// <summary>Memory that devices and their drivers share: HyperCore's own frames, which are mapped to themselves. Caches and DMA are coherent on a PC.</summary>
internal sealed unsafe class HostDmaMemory : DmaMemory
{
    private const ulong FourGigabytes = 1ul << 32;

    private readonly FrameAllocator _memory;

    /// <summary>Takes frames from <paramref name="memory"/>.</summary>
    public HostDmaMemory(FrameAllocator memory) => _memory = memory;

    /// <inheritdoc/>
    public override bool TryAllocate(int length, int alignment, bool below4GiB, out DmaBlock block)
    {
        block = default;
        ulong limit = below4GiB ? FourGigabytes : ulong.MaxValue;
        if (!_memory.TryAllocateContiguous((ulong)length, (ulong)alignment, limit, FrameOwner.HyperCore, out ulong address))
        {
            return false;
        }

        HostMemory.Zero((byte*)address, (ulong)length);
        block = new DmaBlock((byte*)address, address, length);
        return true;
    }
}
