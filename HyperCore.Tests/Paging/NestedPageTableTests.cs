using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Paging;
using Xunit;

namespace HyperCore.Tests.Paging;

public sealed unsafe class NestedPageTableTests
{
    private const ulong Page4K = NestedPageTable.Page4K;
    private const ulong Page2M = NestedPageTable.Page2M;
    private const ulong Page1G = NestedPageTable.Page1G;
    private const ulong PresentWritableUser = 7;
    private const ulong NoExecute = 1ul << 63;

    private static readonly Gen<Operation> s_operation = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.ULong[0, 1023], Gen.ULong[0, 1023], Gen.ULong[1, 6], Gen.Int[0, 3])
        .Select((kind, shape, guest, host, count, access) => Operation.Make(kind != 0, shape, guest, host, count, (NestedAccess)access));

    [Fact]
    public void MapAndUnmap_RandomSequences_AgreeWithAListOfWhatWasDone()
    {
        Gen.Select(s_operation.Array[1, 12], Gen.Bool, Gen.Int[4, 5]).Sample(
            (operations, has1G, levels) =>
            {
                var frames = new CountingFrames();
                var table = new NestedPageTable(frames, has1G, levels);
                Assert.True(table.Create());
                var done = new List<Operation>();
                foreach (Operation operation in operations)
                {
                    Assert.True(operation.ApplyTo(table));
                    done.Add(operation);
                    Check(table, frames, done, has1G, levels);
                }

                table.Destroy();
                Assert.Equal((0, 0, 0ul), (table.FrameCount, frames.Outstanding, table.Root));
            },
            iter: 400);
    }

    [Fact]
    public void MapAndUnmap_WithoutEnoughFrames_LeaveAConsistentTable()
    {
        Gen.Select(s_operation.Array[2, 8], Gen.Int[1, 20], Gen.Bool).Sample(
            (operations, limit, has1G) =>
            {
                var frames = new CountingFrames(limit);
                var table = new NestedPageTable(frames, has1G);
                Assert.True(table.Create());
                var done = new List<Operation>();
                foreach (Operation operation in operations)
                {
                    if (!operation.ApplyTo(table))
                    {
                        // Every address is as before or as wanted; nothing else has changed.
                        CheckPart(table, done, operation);
                        break;
                    }

                    done.Add(operation);
                }

                Assert.Equal(frames.Outstanding, table.FrameCount);
                table.Destroy();
                Assert.Equal(0, frames.Outstanding);
            },
            iter: 400);
    }

    // The bit that selects entry 4 of the PAT is bit 12 of a large page and bit 7 of a small one (AMD APM vol. 2, 5.4.1).
    [Fact]
    public void Map_WriteCombining_KeepsItsTypeWhenSplit()
    {
        var frames = new CountingFrames();
        var table = new NestedPageTable(frames, has1G: true);
        Assert.True(table.Create());
        Assert.True(table.Map(0, Page1G, Page1G, NestedAccess.WriteCombining));
        Assert.Equal(0x1087ul, Leaf(frames, table.Root, 0) & 0x1FFF);
        Assert.True(table.Map(Page2M, 0, Page2M, NestedAccess.All));
        Assert.Equal(0x1087ul, Leaf(frames, table.Root, 0) & 0x1FFF);
        Assert.Equal(0x0087ul, Leaf(frames, table.Root, Page2M) & 0x1FFF);
        Assert.True(table.Map(Page4K, 0, Page4K, NestedAccess.ReadWrite));
        Assert.Equal(0x0087ul | Page1G | NoExecute, Leaf(frames, table.Root, 0));
        Assert.Equal(0x0007ul | NoExecute, Leaf(frames, table.Root, Page4K));
        Assert.True(table.TryTranslate(2 * Page4K, out ulong host, out ulong size));
        Assert.Equal((Page1G + (2 * Page4K), Page4K), (host, size));
        table.Destroy();
    }

    [Fact]
    public void Create_WithoutMemory_Fails()
    {
        var table = new NestedPageTable(new CountingFrames(0), has1G: true);

        Assert.False(table.Create());
        table.Destroy();
        Assert.Equal((0ul, 0), (table.Root, table.FrameCount));
    }

    [Theory]
    [InlineData(true, Page1G, 2)]
    [InlineData(false, Page2M, 3)]
    public void Map_OneAlignedGibibyte_TakesTheLargestPages(bool has1G, ulong expected, int frameCount)
    {
        (NestedPageTable table, _) = Create(has1G);

        Assert.True(table.Map(Page1G, 4 * Page1G, Page1G, NestedAccess.All));

        Assert.True(table.TryTranslate(Page1G + 0x1234_5678, out ulong host, out ulong size));
        Assert.Equal(((4 * Page1G) + 0x1234_5678, expected), (host, size));
        Assert.Equal(frameCount, table.FrameCount);
    }

    [Fact]
    public void Map_HostAndGuestThatDoNotLineUp_TakesSmallPages()
    {
        (NestedPageTable table, _) = Create(has1G: true);

        Assert.True(table.Map(Page2M, Page2M + Page4K, Page2M, NestedAccess.All));

        Assert.True(table.TryTranslate(Page2M + 0x12_3456, out ulong host, out ulong size));
        Assert.Equal((Page2M + Page4K + 0x12_3456, Page4K), (host, size));
    }

    [Fact]
    public void Unmap_OnePageOfAGibibyte_KeepsTheRest()
    {
        (NestedPageTable table, _) = Create(has1G: true);
        table.Map(0, Page1G, Page1G, NestedAccess.ReadWrite);

        Assert.True(table.Unmap(Page2M, Page4K));

        Assert.False(table.TryTranslate(Page2M, out _, out _));
        Assert.True(table.TryTranslate(Page2M - 1, out ulong below, out ulong belowSize));
        Assert.True(table.TryTranslate(Page2M + Page4K, out ulong above, out ulong aboveSize));
        Assert.Equal((Page1G + Page2M - 1, Page2M), (below, belowSize));
        Assert.Equal((Page1G + Page2M + Page4K, Page4K), (above, aboveSize));
    }

    [Fact]
    public void Map_LargePageOverSmallOnes_GivesTheirTableBack()
    {
        (NestedPageTable table, CountingFrames frames) = Create(has1G: true);
        for (ulong address = 0; address < Page2M; address += Page4K)
        {
            table.Map(address, Page1G + address + Page4K, Page4K, NestedAccess.All);
        }

        Assert.Equal(4, frames.Outstanding);
        Assert.True(table.Map(0, Page2M, Page2M, NestedAccess.All));
        Assert.Equal(3, frames.Outstanding);
    }

    [Fact]
    public void Unmap_WhatIsNotMapped_TakesNoFrames()
    {
        (NestedPageTable table, CountingFrames frames) = Create(has1G: true);

        Assert.True(table.Unmap(3 * Page1G, 5 * Page2M + Page4K));
        Assert.Equal(1, frames.Outstanding);
    }

    [Fact]
    public void Destroy_ThenCreate_StartsEmpty()
    {
        (NestedPageTable table, _) = Create(has1G: false);
        table.Map(0, 0, Page2M, NestedAccess.All);
        table.Destroy();

        Assert.True(table.Create());
        Assert.False(table.TryTranslate(0, out _, out _));
        Assert.Equal(1, table.FrameCount);
    }

    private static (NestedPageTable Table, CountingFrames Frames) Create(bool has1G)
    {
        var frames = new CountingFrames();
        var table = new NestedPageTable(frames, has1G);
        Assert.True(table.Create());
        return (table, frames);
    }

    private static ulong Leaf(CountingFrames frames, ulong root, ulong address)
    {
        ulong entry = root;
        for (int shift = 39; shift >= 12; shift -= 9)
        {
            entry = frames.PointerTo(entry & 0x000F_FFFF_FFFF_F000)[(address >> shift) & 511];
            if (shift == 12 || (shift < 39 && (entry & 0x80) != 0))
            {
                break;
            }
        }

        return entry;
    }

    private static void Check(NestedPageTable table, CountingFrames frames, List<Operation> done, bool has1G, int levels)
    {
        Assert.Equal(frames.Outstanding, table.FrameCount);
        foreach (Operation operation in done)
        {
            foreach (ulong address in operation.Points())
            {
                bool expected = Find(done, address, out ulong wanted, out NestedAccess access);
                Assert.Equal(expected, table.TryTranslate(address, out ulong actual, out ulong size));
                Assert.Equal(expected ? wanted : 0, actual);
                Assert.True(has1G || size < Page1G);
                if (expected)
                {
                    CheckEntries(table, frames, address, access, levels);
                }
            }
        }
    }

    private static void CheckPart(NestedPageTable table, List<Operation> done, Operation failed)
    {
        foreach (Operation operation in (IEnumerable<Operation>)[.. done, failed])
        {
            foreach (ulong address in operation.Points())
            {
                bool before = Find(done, address, out ulong old, out _);
                bool isMapped = table.TryTranslate(address, out ulong actual, out _);
                bool asBefore = isMapped == before && actual == (before ? old : 0);
                bool asWanted = failed.Covers(address)
                    && isMapped == failed.IsMap && actual == (failed.IsMap ? failed.HostOf(address) : 0);
                Assert.True(asBefore || asWanted, $"{address:X}");
            }
        }
    }

    // AMD APM vol. 2, 15.25.5: every level allows user access; upper levels allow everything, the last one what was asked for.
    private static void CheckEntries(NestedPageTable table, CountingFrames frames, ulong address, NestedAccess access, int levels)
    {
        ulong next = table.Root;
        for (int shift = 3 + (9 * levels); ; shift -= 9)
        {
            ulong entry = frames.PointerTo(next)[(int)(address >> shift) & 511];
            if (shift == 12 || (entry & 0x80) != 0)
            {
                ulong flags = access switch
                {
                    NestedAccess.All => PresentWritableUser,
                    NestedAccess.ReadWrite => PresentWritableUser | NoExecute,
                    NestedAccess.ReadExecute => 5,
                    _ => 5 | NoExecute,
                };
                Assert.Equal(flags | (shift == 12 ? 0 : 0x80ul), entry & ~0x000F_FFFF_FFFF_F000ul);
                return;
            }

            Assert.Equal(PresentWritableUser, entry & ~0x000F_FFFF_FFFF_F000ul);
            next = entry & 0x000F_FFFF_FFFF_F000;
        }
    }

    private static bool Find(List<Operation> done, ulong address, out ulong host, out NestedAccess access)
    {
        for (int i = done.Count - 1; i >= 0; i--)
        {
            if (done[i].Covers(address))
            {
                host = done[i].HostOf(address);
                access = done[i].Access;
                return done[i].IsMap;
            }
        }

        host = 0;
        access = default;
        return false;
    }

    private sealed record Operation(bool IsMap, ulong Guest, ulong Host, ulong Length, NestedAccess Access)
    {
        public static Operation Make(bool isMap, int shape, ulong guest, ulong host, ulong count, NestedAccess access) => shape switch
        {
            // Small pages near each other, 2 MiB pages, 1 GiB pages, and ranges with ragged edges of 4 KiB.
            0 => new(isMap, (guest % 16 * Page2M) + (guest % 5 * Page4K), (host % 64 * Page2M) + (guest % 3 * Page4K), count * Page4K, access),
            1 => new(isMap, guest % 520 * Page2M, host * Page2M, count * Page2M, access),
            2 => new(isMap, guest % 4 * Page1G, host % 16 * Page1G, (count % 3 + 1) * Page1G, access),
            3 => new(isMap, (guest % 520 * Page2M) - (guest % 520 == 0 ? 0 : Page4K), (host + 1) * Page2M - (guest % 520 == 0 ? 0 : Page4K), (count * Page2M) + (2 * Page4K), access),
            _ => new(isMap, guest % 8 * Page2M, (host * Page2M) + Page4K, Page2M, access),
        };

        public bool ApplyTo(NestedPageTable table) => IsMap ? table.Map(Guest, Host, Length, Access) : table.Unmap(Guest, Length);

        public bool Covers(ulong address) => address - Guest < Length;

        public ulong HostOf(ulong address) => Host + (address - Guest);

        public ulong[] Points() =>
        [
            Guest, Guest + 0xFFF, Guest + Length - 1, Guest + Length, Guest == 0 ? 0 : Guest - 1, Guest + (Length / 2), Guest + (Length / 3), Guest + Page2M, Guest + Page1G,
        ];
    }
}
