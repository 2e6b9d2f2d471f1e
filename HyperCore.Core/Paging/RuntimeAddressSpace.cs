using HyperCore.Core.Firmware;

namespace HyperCore.Core.Paging;

/// <summary>
/// The address space in which the firmware's runtime services are called: HyperCore's own, and beside it the firmware's code, executable. It is in
/// force for the length of one call. The firmware's code is both writable and executable only where its memory attributes table does not say
/// better.
/// </summary>
public static class RuntimeAddressSpace
{
    private const int TableShift = 21;
    private const int DirectoryShift = 30;
    private const int PdptShift = 39;

    /// <summary>Frames that the regions can need at most, beside those of HyperCore's own address space (<see cref="HostAddressSpace.FramesNeeded"/>).</summary>
    public static int FramesNeeded(RuntimeRegions regions)
    {
        // Each of a region's two ends splits one 2-MiB and one 1-GiB page at most, which is counted once when the next end lies in the same one.
        int frames = 0;
        ulong last = ulong.MaxValue;
        for (int i = 0; i < regions.Count; i++)
        {
            frames += FramesFor(regions[i].Start, ref last);
            frames += FramesFor(regions[i].End - 1, ref last);
        }

        return frames;
    }

    /// <summary>Gives the firmware's regions their rights, in tables that map the machine already.</summary>
    /// <returns>False when the frames are used up, or the tables do not allow what a region needs.</returns>
    public static bool TryMap(HostPageTables tables, RuntimeRegions regions)
    {
        for (int i = 0; i < regions.Count; i++)
        {
            RuntimeRegion region = regions[i];

            // Registers that firmware forgot to give an MTRR must not be cached (UEFI 2.10, 2.3.4).
            HostMemoryType type = region.IsDevice ? HostMemoryType.Uncacheable : HostMemoryType.WriteBack;
            if (!tables.Map(region.Start, region.Length, region.Access, type))
            {
                return false;
            }
        }

        return true;
    }

    private static int FramesFor(ulong address, ref ulong last)
    {
        int frames = (address >> TableShift) != (last >> TableShift) ? 1 : 0;
        frames += (address >> DirectoryShift) != (last >> DirectoryShift) ? 1 : 0;
        frames += (address >> PdptShift) != (last >> PdptShift) ? 1 : 0;
        last = address;
        return frames;
    }
}
