using HyperCore.Core.Paging;
using Xunit;

namespace HyperCore.Tests.Paging;

/// <summary>The format of extended page tables (Intel SDM vol. 3C, 29.3.2, tables 29-1 to 29-7).</summary>
public sealed unsafe class NestedPageTableExtendedTests
{
    private const ulong Page4K = NestedPageTable.Page4K;
    private const ulong Page2M = NestedPageTable.Page2M;
    private const ulong Page1G = NestedPageTable.Page1G;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong Large = 0x80;

    private readonly CountingFrames _frames = new();
    private readonly NestedPageTable _table;

    public NestedPageTableExtendedTests()
    {
        _table = new NestedPageTable(_frames, has1G: true, format: NestedFormat.Extended);
        Assert.True(_table.Create());
    }

    // Read 0, write 1, execute 2, memory type 5:3 (write-back 6, write-combining 1).
    [Theory]
    [InlineData(NestedAccess.All, 0x37ul)]
    [InlineData(NestedAccess.ReadWrite, 0x33ul)]
    [InlineData(NestedAccess.ReadExecute, 0x35ul)]
    [InlineData(NestedAccess.Read, 0x31ul)]
    [InlineData(NestedAccess.WriteCombining, 0x0Bul)]
    public void Map_EachAccess_SetsRightsAndMemoryType(NestedAccess access, ulong flags)
    {
        Assert.True(_table.Map(0, Page1G, Page4K, access));
        Assert.True(_table.Map(Page2M, Page1G + Page2M, Page2M, access));
        Assert.True(_table.Map(Page1G, Page1G, Page1G, access));

        Assert.Equal((Page1G | flags, 1), Leaf(0));
        Assert.Equal((Page1G + Page2M | flags | Large, 2), Leaf(Page2M));
        Assert.Equal((Page1G | flags | Large, 3), Leaf(Page1G));
    }

    [Theory]
    [InlineData(NestedAccess.All, 0x37ul)]
    [InlineData(NestedAccess.WriteCombining, 0x0Bul)]
    public void Unmap_PartOfALargePage_KeepsRightsAndMemoryType(NestedAccess access, ulong flags)
    {
        Assert.True(_table.Map(0, Page1G, Page1G, access));

        Assert.True(_table.Unmap(Page2M + Page4K, Page4K));

        Assert.False(_table.TryTranslate(Page2M + Page4K, out _, out _));
        Assert.Equal((Page1G | flags | Large, 2), Leaf(0));
        Assert.Equal((Page1G + Page2M | flags, 1), Leaf(Page2M));
    }

    // Entries that name a table allow everything, and their bits 7:3 are reserved.
    [Fact]
    public void Map_Tables_AllowEverything()
    {
        Assert.True(_table.Map(0, Page1G, Page4K, NestedAccess.Read));

        ulong entry = _frames.PointerTo(_table.Root)[0];
        for (int level = 3; level >= 1; level--)
        {
            Assert.Equal(7ul, entry & ~AddressMask);
            entry = _frames.PointerTo(entry & AddressMask)[0];
        }
    }

    private (ulong Entry, int Level) Leaf(ulong address)
    {
        ulong table = _table.Root;
        for (int level = 4; ; level--)
        {
            ulong entry = _frames.PointerTo(table)[(int)(address >> (3 + (9 * level))) & 511];
            if (level == 1 || (level < 4 && (entry & Large) != 0))
            {
                return (entry, level);
            }

            table = entry & AddressMask;
        }
    }
}
