using System;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Boot;

/// <summary>The map of guest-physical address space that kernels are given.</summary>
public static class GuestMemoryMap
{
    /// <summary>The most regions there can be.</summary>
    public const int MaxRegions = GuestMemory.MaxSlots + 6;

    private const ulong ConventionalTop = 0xA_0000;
    private const ulong OneMegabyte = 0x10_0000;

    /// <summary>Lists the regions in ascending order; slots that touch are one region.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="regions">Room for <see cref="MaxRegions"/>.</param>
    /// <returns>How many there are.</returns>
    public static int Build(GuestMemory memory, Span<MemoryRegion> regions)
    {
        int count = 0;
        regions[count++] = new MemoryRegion(0, PlatformLayout.ConventionalEnd, MemoryRegion.Ram);
        regions[count++] = new MemoryRegion(PlatformLayout.ConventionalEnd, ConventionalTop - PlatformLayout.ConventionalEnd, MemoryRegion.Reserved);

        // The ACPI tables stay where they are for the life of the guest, and the kernel finds the RSDP by scanning here as on any PC.
        regions[count++] = new MemoryRegion(PlatformLayout.FirmwareBase, PlatformLayout.FirmwareLength, MemoryRegion.Reserved);
        count = AddRam(memory, OneMegabyte, PlatformLayout.LowMemoryLimit, regions, count);

        // Linux uses ECAM only when it is reserved (PCI Firmware Specification 3.3, 4.1.2).
        regions[count++] = new MemoryRegion(PlatformLayout.EcamBase, PlatformLayout.EcamLength, MemoryRegion.Reserved);
        return AddRam(memory, PlatformLayout.HighMemoryBase, ulong.MaxValue, regions, count);
    }

    /// <summary>End of the RAM that is contiguous from address 0 and lies below <see cref="PlatformLayout.LowMemoryLimit"/>.</summary>
    public static ulong LowRamEnd(GuestMemory memory)
    {
        ulong end = 0;
        for (int i = 0; i < memory.SlotCount; i++)
        {
            MemorySlot slot = memory[i];
            if (slot.GuestPhysical == end)
            {
                end += slot.Length;
            }
        }

        return Math.Min(end, PlatformLayout.LowMemoryLimit);
    }

    /// <summary>The address after the last byte of RAM.</summary>
    public static ulong TopOfRam(GuestMemory memory)
    {
        if (memory.SlotCount == 0)
        {
            return 0;
        }

        MemorySlot last = memory[memory.SlotCount - 1];
        return last.GuestPhysical + last.Length;
    }

    private static int AddRam(GuestMemory memory, ulong floor, ulong limit, Span<MemoryRegion> regions, int count)
    {
        ulong start = 0;
        ulong end = 0;
        for (int i = 0; i < memory.SlotCount; i++)
        {
            MemorySlot slot = memory[i];
            ulong from = Math.Max(slot.GuestPhysical, floor);
            ulong to = Math.Min(slot.GuestPhysical + slot.Length, limit);
            if (from >= to)
            {
                continue;
            }

            if (from != end && end > start)
            {
                regions[count++] = new MemoryRegion(start, end - start, MemoryRegion.Ram);
            }

            start = from == end ? start : from;
            end = to;
        }

        if (end > start)
        {
            regions[count++] = new MemoryRegion(start, end - start, MemoryRegion.Ram);
        }

        return count;
    }
}
