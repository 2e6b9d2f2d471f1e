using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Boot;

/// <summary>Puts the segments of an ELF executable at their physical addresses.</summary>
internal static class ElfLoader
{
    /// <summary>Loads a kernel. Nothing is written unless every segment is good.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="image">The file.</param>
    /// <param name="vm">The VM's name for messages.</param>
    /// <param name="limit">End of the RAM that may be used.</param>
    /// <param name="entry">The physical entry point.</param>
    /// <param name="end">The address after the last segment.</param>
    /// <param name="error">Receives what is wrong.</param>
    public static bool TryLoad(GuestMemory memory, ElfImage image, ReadOnlySpan<char> vm, ulong limit, out ulong entry, out ulong end, ref TextBuilder error)
    {
        if (!Check(memory, image, vm, limit, out end, ref error))
        {
            entry = 0;
            return false;
        }

        if (!TryFindEntry(image, out entry))
        {
            return BootError.Say(ref error, vm, "kernel is damaged: its ELF entry point is in no segment");
        }

        var writer = new GuestWriter(memory);
        for (int i = 0; i < image.Count; i++)
        {
            if (image.TryGetSegment(i, out ElfSegment segment))
            {
                writer.Bytes(segment.PhysicalAddress, image.File.Slice((int)segment.Offset, (int)segment.FileSize));
                writer.Clear(segment.PhysicalAddress + segment.FileSize, segment.MemorySize - segment.FileSize);
            }
        }

        return true;
    }

    private static bool Check(GuestMemory memory, ElfImage image, ReadOnlySpan<char> vm, ulong limit, out ulong end, ref TextBuilder error)
    {
        ulong total = 0;
        end = 0;
        for (int i = 0; i < image.Count; i++)
        {
            if (!image.TryGetSegment(i, out ElfSegment segment))
            {
                continue;
            }

            ulong length = (ulong)image.File.Length;
            if (segment.FileSize > segment.MemorySize || segment.Offset > length || segment.FileSize > length - segment.Offset)
            {
                return BootError.Say(ref error, vm, "kernel is damaged: an ELF segment reaches beyond the file");
            }

            if (segment.PhysicalAddress < BootLayout.KernelFloor)
            {
                return BootError.Say(ref error, vm, "kernel wants to be loaded below 1M, which is not possible");
            }

            if (segment.PhysicalAddress > limit || segment.MemorySize > limit - segment.PhysicalAddress)
            {
                return BootError.KernelDoesNotFit(ref error, vm, segment.PhysicalAddress, segment.MemorySize, memory.TotalBytes);
            }

            // Also bounds the work that a file with thousands of huge segments could cause.
            total += segment.MemorySize;
            if (total > limit)
            {
                return BootError.Say(ref error, vm, "kernel is damaged: its ELF segments overlap");
            }

            end = Math.Max(end, segment.PhysicalAddress + segment.MemorySize);
        }

        return total != 0 || BootError.Say(ref error, vm, "kernel is damaged: it is an ELF file without anything to load");
    }

    /// <summary>
    /// The entry point is a virtual address of a segment, or, as in Linux's vmlinux, a physical one.
    /// </summary>
    private static bool TryFindEntry(ElfImage image, out ulong entry)
    {
        for (int i = 0; i < image.Count; i++)
        {
            if (image.TryGetSegment(i, out ElfSegment segment) && image.Entry - segment.VirtualAddress < segment.MemorySize)
            {
                entry = segment.PhysicalAddress + (image.Entry - segment.VirtualAddress);
                return true;
            }
        }

        entry = image.Entry;
        for (int i = 0; i < image.Count; i++)
        {
            if (image.TryGetSegment(i, out ElfSegment segment) && entry - segment.PhysicalAddress < segment.MemorySize)
            {
                return true;
            }
        }

        return false;
    }
}
