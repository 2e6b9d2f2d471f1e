using HyperCore.Core.Memory;
using HyperCore.Efi.Panic;

namespace HyperCore.Efi.Memory;

/// <summary>Hands the machine's free memory to the frame allocator.</summary>
internal static unsafe class MachineMemory
{
    /// <summary>Builds the allocator; its bitmap lies in the memory that it manages.</summary>
    public static FrameAllocator Create(HostMemoryMap map)
    {
        ulong top = map.TopOfRam;
        ulong bitmapSize = (FrameAllocator.BitmapBytes(top) + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        ulong bitmap = Find(map, bitmapSize);
        HostMemory.Zero((byte*)bitmap, bitmapSize);
        var allocator = new FrameAllocator((ulong*)bitmap, top);
        for (int i = 0; i < map.Count; i++)
        {
            if (map[i].Kind == HostMemoryKind.Free)
            {
                allocator.AddRange(map[i].Start, map[i].Length);
            }
        }

        allocator.TryReserve(bitmap, bitmapSize, FrameOwner.HyperCore);
        return allocator;
    }

    private static ulong Find(HostMemoryMap map, ulong size)
    {
        for (int i = 0; i < map.Count; i++)
        {
            if (map[i].Kind == HostMemoryKind.Free && map[i].Length >= size)
            {
                return map[i].Start;
            }
        }

        PanicHandler.Stop("no free memory for the frame allocator");
        return 0;
    }
}
