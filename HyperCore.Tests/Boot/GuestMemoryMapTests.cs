using System;
using HyperCore.Core.Boot;
using HyperCore.Core.Memory;
using Xunit;

namespace HyperCore.Tests.Boot;

public sealed unsafe class GuestMemoryMapTests
{
    [Fact]
    public void Build_LargeMemory_MergesSlotsAndContinuesAbove4G()
    {
        GuestMemory memory = Memory((0, 0x4000_0000), (0x4000_0000, 0x8000_0000), (0x1_0000_0000, 0x4000_0000), (0x1_4000_0000, 0x1000), (0x2_0000_0000, 0x20_0000));
        (ulong, ulong, uint)[] expected =
        [
            (0, 0x9_FC00, 1),
            (0x9_FC00, 0x400, 2),
            (0xE_0000, 0x2_0000, 2),
            (0x10_0000, 0xC000_0000 - 0x10_0000, 1),
            (0xE000_0000, 0x10_0000, 2),
            (0x1_0000_0000, 0x4000_1000, 1),
            (0x2_0000_0000, 0x20_0000, 1),
        ];
        Span<MemoryRegion> regions = new MemoryRegion[GuestMemoryMap.MaxRegions];
        int count = GuestMemoryMap.Build(memory, regions);
        Assert.Equal(expected.Length, count);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(expected[i], (regions[i].Start, regions[i].Length, regions[i].Type));
        }

        Assert.Equal(0xC000_0000ul, GuestMemoryMap.LowRamEnd(memory));
        Assert.Equal(0x2_0020_0000ul, GuestMemoryMap.TopOfRam(memory));
    }

    [Fact]
    public void Build_MostSlots_FitsIntoMaxRegions()
    {
        var memory = new GuestMemory();
        for (ulong i = 0; i < GuestMemory.MaxSlots; i++)
        {
            Assert.True(memory.Add(new MemorySlot(i * 0x20_0000, 0x10_0000, null, 0)));
        }

        var regions = new MemoryRegion[GuestMemoryMap.MaxRegions];
        Assert.InRange(GuestMemoryMap.Build(memory, regions), GuestMemory.MaxSlots, GuestMemoryMap.MaxRegions);
    }

    [Fact]
    public void LowRamEnd_StopsAtAHole()
    {
        Assert.Equal(0x20_0000ul, GuestMemoryMap.LowRamEnd(Memory((0, 0x10_0000), (0x10_0000, 0x10_0000), (0x30_0000, 0x10_0000))));
        Assert.Equal(0ul, GuestMemoryMap.LowRamEnd(Memory((0x10_0000, 0x10_0000))));
        Assert.Equal(0ul, GuestMemoryMap.LowRamEnd(new GuestMemory()));
        Assert.Equal(0ul, GuestMemoryMap.TopOfRam(new GuestMemory()));
    }

    private static GuestMemory Memory(params (ulong Start, ulong Length)[] slots)
    {
        var memory = new GuestMemory();
        foreach ((ulong start, ulong length) in slots)
        {
            Assert.True(memory.Add(new MemorySlot(start, length, null, start)));
        }

        return memory;
    }
}
