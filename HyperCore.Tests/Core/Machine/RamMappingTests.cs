using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Tests.Paging;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed unsafe class RamMappingTests
{
    private const ulong MiB = 1ul << 20;
    private const ulong Odd = 64 << 10;

    [Fact]
    public void TouchedPages_AreEnteredAndZeroed_WithoutAnotherTable()
    {
        using var host = new HostRam(16 * MiB);
        *(byte*)(host.Start + (4 * MiB)) = 0xA5;
        var memory = Memory(new MemorySlot(0, (8 * MiB) + Odd, (byte*)host.Start, host.Start));
        var frames = new CountingFrames();
        var table = new NestedPageTable(frames, has1G: true);
        var mapping = new RamMapping(memory, table);
        Assert.True(table.Create());
        Assert.True(mapping.TryBegin());
        int tables = table.FrameCount;

        Assert.False(table.TryTranslate(0, out _, out _));
        Assert.True(table.TryTranslate(8 * MiB, out ulong end, out ulong size));
        Assert.Equal((host.Start + (8 * MiB), 4096ul), (end, size));

        Assert.True(mapping.TryAnswer((4 * MiB) + 123));
        Assert.True(mapping.TryAnswer((6 * MiB) - 1));
        Assert.True(table.TryTranslate((4 * MiB) + 123, out ulong physical, out size));
        Assert.Equal((host.Start + (4 * MiB) + 123, 2 * MiB), (physical, size));
        Assert.Equal(0, *(byte*)(host.Start + (4 * MiB)));
        Assert.False(table.TryTranslate(2 * MiB, out _, out _));
        Assert.Equal(tables, table.FrameCount);

        mapping.Forget();
        Assert.False(table.TryTranslate(4 * MiB, out _, out _));
        Assert.True(table.TryTranslate(8 * MiB, out _, out _));
        Assert.True(mapping.TryAnswer(4 * MiB));
        Assert.Equal(tables, table.FrameCount);
        table.Destroy();
        Assert.Equal(0, frames.Outstanding);
    }

    [Theory]
    [InlineData((8ul << 20) + Odd)] // behind the end
    [InlineData(0xFEE0_0000ul)]
    [InlineData(ulong.MaxValue)]
    public void AddressWithoutRam_IsNotAnswered(ulong guestPhysical)
    {
        using var host = new HostRam(16 * MiB);
        var memory = Memory(new MemorySlot(0, (8 * MiB) + Odd, (byte*)host.Start, host.Start));
        var table = new NestedPageTable(new CountingFrames(), has1G: true);
        Assert.True(table.Create());
        var mapping = new RamMapping(memory, table);
        Assert.True(mapping.TryBegin());

        Assert.False(mapping.TryAnswer(guestPhysical));
        Assert.False(table.TryTranslate(guestPhysical, out _, out _));
    }

    [Fact]
    public void MemoryThatLiesOtherwiseForTheHost_IsEnteredAtTheStart()
    {
        using var host = new HostRam(16 * MiB);
        ulong place = host.Start + Odd;
        var memory = Memory(new MemorySlot(0, 4 * MiB, (byte*)place, place));
        var table = new NestedPageTable(new CountingFrames(), has1G: true);
        Assert.True(table.Create());
        Assert.True(new RamMapping(memory, table).TryBegin());

        Assert.True(table.TryTranslate(3 * MiB, out ulong physical, out ulong size));
        Assert.Equal((place + (3 * MiB), 4096ul), (physical, size));
    }

    [Fact]
    public void NoFrames_Fails()
    {
        using var host = new HostRam(16 * MiB);
        var memory = Memory(new MemorySlot(0, 4 * MiB, (byte*)host.Start, host.Start));
        var table = new NestedPageTable(new CountingFrames(limit: 2), has1G: true);
        Assert.True(table.Create());
        Assert.False(new RamMapping(memory, table).TryBegin());
    }

    private static GuestMemory Memory(MemorySlot slot)
    {
        var memory = new GuestMemory { Preparation = new RamPreparation(slot.Length) };
        Assert.True(memory.Add(slot));
        memory.Renew();
        return memory;
    }
}
