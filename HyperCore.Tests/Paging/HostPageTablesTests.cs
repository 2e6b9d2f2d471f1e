using System;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Paging;
using Xunit;

namespace HyperCore.Tests.Paging;

public sealed unsafe class HostPageTablesTests
{
    private const ulong Physical = 0x7_0000_0000;
    private const ulong Page = 4096;
    private const ulong Mega2 = 1ul << 21;
    private const ulong Giga = 1ul << 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Map_Gigabytes_TakesOneEntryEach(bool fiveLevels)
        => WithTables(8, true, fiveLevels, tables =>
        {
            Assert.True(tables.Map(0, 512 * Giga, HostPageAccess.Write));
            Assert.Equal(fiveLevels ? 3 : 2, tables.FramesUsed);
            AssertMapped(tables, (511 * Giga) + 0x1234_5678, HostPageAccess.Read | HostPageAccess.Write, HostMemoryType.WriteBack);
            AssertNotMapped(tables, 512 * Giga);
        });

    [Fact]
    public void Map_WithoutGigabytePages_UsesTwoMegabytePages()
        => WithTables(8, false, false, tables =>
        {
            Assert.True(tables.Map(0, 4 * Giga, HostPageAccess.Write));
            Assert.Equal(6, tables.FramesUsed);
        });

    [Fact]
    public void Map_OverLargePage_SplitsAndKeepsTheRest()
        => WithTables(8, true, false, tables =>
        {
            Assert.True(tables.Map(0, 4 * Giga, HostPageAccess.Write, HostMemoryType.WriteCombining));
            Assert.True(tables.Map(Giga + Mega2 + (5 * Page), Page, HostPageAccess.Execute));
            Assert.True(tables.Map(0, Page, HostPageAccess.None));

            AssertMapped(tables, Giga + Mega2 + (5 * Page), HostPageAccess.Read | HostPageAccess.Execute, HostMemoryType.WriteBack);
            AssertMapped(tables, Giga + Mega2 + (6 * Page), HostPageAccess.Read | HostPageAccess.Write, HostMemoryType.WriteCombining);
            AssertMapped(tables, Giga + (2 * Mega2), HostPageAccess.Read | HostPageAccess.Write, HostMemoryType.WriteCombining);
            AssertNotMapped(tables, 0xFFF);
            AssertMapped(tables, Page, HostPageAccess.Read | HostPageAccess.Write, HostMemoryType.WriteCombining);
            Assert.Equal(6, tables.FramesUsed);
        });

    [Fact]
    public void Map_OutOfFrames_IsRefused()
        => WithTables(3, true, false, tables => Assert.False(tables.Map(Page, Page, HostPageAccess.Read)));

    [Theory]
    [InlineData(1, Page, HostPageAccess.Read)]
    [InlineData(0, 1, HostPageAccess.Read)]
    [InlineData(1ul << 47, Page, HostPageAccess.Read)]
    [InlineData(ulong.MaxValue - Page + 1, Page, HostPageAccess.Read)]
    [InlineData(0, Page, HostPageAccess.Write | HostPageAccess.Execute)]
    public void Map_BadRangeOrWritableCode_IsRefused(ulong start, ulong length, HostPageAccess access)
        => WithTables(8, true, false, tables => Assert.False(tables.Map(start, length, access)));

    [Theory]
    [InlineData(HostMemoryType.WriteBack)]
    [InlineData(HostMemoryType.Uncacheable)]
    [InlineData(HostMemoryType.WriteCombining)]
    public void Map_MemoryType_IsTheSameInEachPageSize(HostMemoryType type)
        => WithTables(16, true, false, tables =>
        {
            Assert.True(tables.Map(0, Giga + Mega2 + Page, HostPageAccess.Write, type));
            AssertMapped(tables, 0, HostPageAccess.Read | HostPageAccess.Write, type);
            AssertMapped(tables, Giga, HostPageAccess.Read | HostPageAccess.Write, type);
            AssertMapped(tables, Giga + Mega2, HostPageAccess.Read | HostPageAccess.Write, type);
        });

    // AMD APM vol. 2, figures 5-19 to 5-24, and 7.8: what the bits of each size of page must be.
    [Fact]
    public void Map_EntryBits_AreTheManuals()
    {
        byte* frames = (byte*)NativeMemory.AlignedAlloc(8 * (nuint)Page, (nuint)Page);
        var tables = new HostPageTables(frames, Physical, 8, true, false);
        Assert.True(tables.Map(Giga, Giga + Mega2 + Page, HostPageAccess.Write, HostMemoryType.WriteCombining));
        Assert.True(tables.Map(3 * Giga, Giga, HostPageAccess.Execute));
        ulong* entries = (ulong*)frames;

        Assert.Equal(Physical, tables.Root);
        Assert.Equal((Physical + Page) | 0x23, entries[0]);
        Assert.Equal(0x8000_0000_0000_11E3 | Giga, entries[512 + 1]);
        Assert.Equal((Physical + (2 * Page)) | 0x23, entries[512 + 2]);
        Assert.Equal(0x1E1 | (3 * Giga), entries[512 + 3]);
        Assert.Equal(0x8000_0000_0000_11E3 | (2 * Giga), entries[1024]);
        Assert.Equal(0x8000_0000_0000_01E3 | ((2 * Giga) + Mega2), entries[1536]);
        NativeMemory.AlignedFree(frames);
    }

    [Fact]
    public void Map_AnySequence_EveryAddressIsAsDeclaredLast()
    {
        // Pages of a window that lies across a 1-GiB boundary, with strides that hit all page sizes.
        var access = Gen.OneOf(HostPageAccess.None, HostPageAccess.Read, HostPageAccess.Write, HostPageAccess.Execute);
        var type = Gen.OneOf(HostMemoryType.WriteBack, HostMemoryType.Uncacheable, HostMemoryType.WriteCombining);
        var unit = Gen.OneOf(Page, 7 * Page, Mega2, 3 * Mega2, Giga);
        var step = Gen.Select(unit, Gen.Int[0, 3], unit, Gen.Int[0, 3], access, type);
        Gen.Select(step.Array[1, 12], Gen.Bool, Gen.Bool).Sample((steps, gigabytePages, fiveLevels) => WithTables(256, gigabytePages, fiveLevels, tables =>
        {
            foreach ((ulong startUnit, int start, ulong lengthUnit, int length, HostPageAccess rights, HostMemoryType memory) in steps)
            {
                Assert.True(tables.Map(startUnit * (ulong)start, lengthUnit * (ulong)length, rights, memory));
            }

            foreach (ulong at in Probes(steps))
            {
                HostPageAccess expected = HostPageAccess.None;
                HostMemoryType expectedType = HostMemoryType.WriteBack;
                foreach ((ulong startUnit, int start, ulong lengthUnit, int length, HostPageAccess rights, HostMemoryType memory) in steps)
                {
                    if (at - (startUnit * (ulong)start) < lengthUnit * (ulong)length)
                    {
                        (expected, expectedType) = (rights, memory);
                    }
                }

                if (expected == HostPageAccess.None)
                {
                    AssertNotMapped(tables, at);
                }
                else
                {
                    AssertMapped(tables, at, expected | HostPageAccess.Read, expectedType);
                }
            }
        }));
    }

    private static System.Collections.Generic.IEnumerable<ulong> Probes((ulong, int, ulong, int, HostPageAccess, HostMemoryType)[] steps)
    {
        foreach ((ulong startUnit, int start, ulong lengthUnit, int length, _, _) in steps)
        {
            ulong first = startUnit * (ulong)start;
            ulong end = first + (lengthUnit * (ulong)length);
            yield return first;
            yield return first + 0xFFF;
            yield return end;
            yield return first + ((end - first) / 2);
            if (first != 0)
            {
                yield return first - 1;
            }

            if (end != 0)
            {
                yield return end - 1;
            }
        }
    }

    private static void AssertMapped(HostPageTables tables, ulong address, HostPageAccess access, HostMemoryType type)
    {
        Assert.True(tables.TryTranslate(address, out ulong physical, out HostPageAccess foundAccess, out HostMemoryType foundType));
        Assert.Equal((address, access, type), (physical, foundAccess, foundType));
    }

    private static void AssertNotMapped(HostPageTables tables, ulong address) => Assert.False(tables.TryTranslate(address, out _, out _, out _));

    private static void WithTables(int frames, bool gigabytePages, bool fiveLevels, Action<HostPageTables> test)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)frames * (nuint)Page, (nuint)Page);
        try
        {
            // Frames come with rubbish in them.
            new Span<byte>(memory, frames * (int)Page).Fill(0xA5);
            test(new HostPageTables(memory, Physical, frames, gigabytePages, fiveLevels));
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
