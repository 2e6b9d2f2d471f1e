using System;
using HyperCore.Core.Image;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Paging;

/// <summary>
/// What HyperCore's own address space looks like: all RAM and the device windows below it, mapped to themselves, readable and writable but not
/// executable; its image with the rights its sections ask for; page 0 and the guard pages not present.
/// </summary>
public static class HostAddressSpace
{
    private const ulong PageSize = HostPageTables.PageSize;
    private const ulong FourGigabytes = 1ul << 32;
    private const ulong Gigabyte = 1ul << 30;
    private const ulong LargePageSize = 1ul << 21;

    // Entries of a PDPT cover 1 GiB each, 512 GiB in all.
    private const int PdptShift = 39;

    /// <summary>Address space that is mapped in one go: up to the end of RAM, at least 4 GiB, where the device registers are.</summary>
    public static ulong EndOf(HostMemoryMap map) => Math.Max(FourGigabytes, map.TopOfRam);

    /// <summary>Frames the tables can need at most.</summary>
    /// <param name="map">The machine's memory.</param>
    /// <param name="gigabytePages">The processor has 1-GiB pages.</param>
    /// <param name="ownBytes">Bytes of HyperCore's own block, in which single pages have rights of their own: image, stacks.</param>
    /// <param name="otherRanges">Number of further ranges that will be mapped anywhere: the framebuffer, device windows.</param>
    public static int FramesNeeded(HostMemoryMap map, bool gigabytePages, ulong ownBytes, int otherRanges)
    {
        // Roots, PDPTs, and what page 0 splits.
        ulong end = EndOf(map);
        ulong frames = 4 + (end >> PdptShift) + 1;
        frames += gigabytePages ? 0 : (end / Gigabyte) + 1;

        // Where RAM begins or ends, one 1-GiB page and one 2-MiB page are split at most.
        int index = 0;
        for (ulong at = 0; at < end; at = RunEnd(map, ref index, at, end))
        {
            frames += 2;
        }

        // A table for each 2 MiB that the block touches, and two directories at most per GiB boundary it lies across.
        frames += (ownBytes / LargePageSize) + 2 + (ownBytes / Gigabyte) + 2;

        // Anywhere: a PDPT, and a directory and a table at either end.
        return (int)(frames + ((ulong)otherRanges * 5));
    }

    /// <summary>Maps everything but image, guard pages and framebuffer.</summary>
    /// <returns>False when the frames are used up.</returns>
    public static bool TryMapMachine(HostPageTables tables, HostMemoryMap map)
    {
        // RAM and what is not RAM never share a large page, because the MTRRs give them different memory types, and a page with two types is
        // undefined (AMD APM vol. 2, 7.7.2; Intel SDM vol. 3A, 12.11.9).
        ulong end = EndOf(map);
        ulong at = 0;
        int index = 0;
        while (at < end)
        {
            ulong runEnd = RunEnd(map, ref index, at, end);
            if (!tables.Map(at, runEnd - at, HostPageAccess.Write))
            {
                return false;
            }

            at = runEnd;
        }

        // A null reference faults.
        return tables.Map(0, PageSize, HostPageAccess.None);
    }

    /// <summary>Gives HyperCore's image the rights its sections ask for. A section that asks for both writing and executing is refused.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="image">The image.</param>
    /// <param name="imageBase">Where it lies, page-aligned.</param>
    /// <returns>False when the frames are used up, or a section is not page-aligned or asks for too much.</returns>
    public static bool TryMapImage(HostPageTables tables, PeImage image, ulong imageBase)
    {
        // Headers and gaps are only read.
        if (!tables.Map(imageBase, RoundUp(image.SizeOfImage), HostPageAccess.Read))
        {
            return false;
        }

        for (int i = 0; i < image.SectionCount; i++)
        {
            PeSection section = image.GetSection(i);
            HostPageAccess access = HostPageAccess.Read
                | (section.IsWritable ? HostPageAccess.Write : HostPageAccess.None)
                | (section.IsExecutable ? HostPageAccess.Execute : HostPageAccess.None);
            if (!tables.Map(imageBase + section.Offset, RoundUp(section.Length), access))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Rounds up to whole pages.</summary>
    public static ulong RoundUp(ulong bytes) => (bytes + PageSize - 1) & ~(PageSize - 1);

    // End of the stretch from at on that is all RAM or all not RAM.
    private static ulong RunEnd(HostMemoryMap map, ref int index, ulong at, ulong end)
    {
        while (index < map.Count && map[index].End <= at)
        {
            index++;
        }

        bool isRam = index < map.Count && map[index].Start <= at && map[index].IsRam;
        for (ulong runEnd = at; ;)
        {
            if (index == map.Count)
            {
                return isRam ? runEnd : end;
            }

            HostMemoryRange range = map[index];
            if (isRam)
            {
                if (range.Start > runEnd || !range.IsRam)
                {
                    return Math.Min(runEnd, end);
                }
            }
            else if (range.IsRam)
            {
                return Math.Min(range.Start, end);
            }

            runEnd = range.End;
            index++;
        }
    }
}
