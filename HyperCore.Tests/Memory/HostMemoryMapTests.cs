using System;
using System.Buffers.Binary;
using System.Linq;
using CsCheck;
using HyperCore.Core.Memory;
using Xunit;

namespace HyperCore.Tests.Memory;

public sealed class HostMemoryMapTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Set_InsideRange_SplitsIt()
    {
        var map = new HostMemoryMap();
        Assert.True(map.Set(0x10_0000, 0x10_0000, HostMemoryKind.Free));
        Assert.True(map.Set(0x14_0000, 0x1000, HostMemoryKind.HyperCore));

        Assert.Equal(3, map.Count);
        Assert.Equal(0x14_0000ul, map[0].End);
        Assert.Equal(HostMemoryKind.HyperCore, map[1].Kind);
        Assert.Equal(0x14_1000ul, map[2].Start);
        Assert.Equal(0x20_0000ul, map[2].End);
        Assert.Equal(0x10_0000ul, map.TotalRam);
    }

    [Fact]
    public void Set_PartialPages_AreNeverFree()
    {
        var map = new HostMemoryMap();
        map.Set(0x1800, 0x2000, HostMemoryKind.Free);
        Assert.Equal((0x2000ul, 0x3000ul), (map[0].Start, map[0].End));

        map.Set(0x2FFF, 2, HostMemoryKind.HyperCore);
        Assert.Equal(1, map.Count);
        Assert.Equal((0x2000ul, 0x4000ul), (map[0].Start, map[0].End));
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData(0, ulong.MaxValue)]
    [InlineData(1ul << 52, 1)]
    public void Set_BeyondPhysicalAddressSpace_IsRefused(ulong start, ulong length)
        => Assert.False(new HostMemoryMap().Set(start, length, HostMemoryKind.Mmio));

    [Fact]
    public void Set_TooManyRanges_IsRefused()
    {
        var map = new HostMemoryMap();
        ulong at = 0;
        while (map.Set(at, Page, HostMemoryKind.Free))
        {
            at += 2 * Page;
        }

        Assert.InRange(map.Count, HostMemoryMap.Capacity - 2, HostMemoryMap.Capacity);
        Assert.Equal((ulong)map.Count * Page, map.TotalRam);
    }

    [Fact]
    public void Set_AnySequence_LastClaimToEachPageWins()
    {
        var step = Gen.Select(Gen.Int[0, 63], Gen.Int[0, 20], Gen.Int[0, 3]);
        step.Array[0, 40].Sample(steps =>
        {
            var map = new HostMemoryMap();
            var model = new int[128];
            Array.Fill(model, -1);
            foreach ((int start, int pages, int kind) in steps)
            {
                Assert.True(map.Set((ulong)start * Page, (ulong)pages * Page, (HostMemoryKind)kind));
                Array.Fill(model, kind, start, pages);
            }

            for (int page = 0; page < model.Length; page++)
            {
                bool found = map.TryFind(((ulong)page * Page) + 123, out HostMemoryRange range);
                Assert.Equal(model[page], found ? (int)range.Kind : -1);
            }

            for (int i = 1; i < map.Count; i++)
            {
                Assert.True(map[i - 1].End < map[i].Start || (map[i - 1].End == map[i].Start && map[i - 1].Kind != map[i].Kind));
            }

            Assert.Equal((ulong)model.Count(kind => kind == 0) * Page, map.BytesOf(HostMemoryKind.Free));
        });
    }

    [Fact]
    public void TryReadUefi_ClassifiesEveryType()
    {
        byte[] descriptors = Descriptors(
            (3, 0, 0xA0),
            (7, 0x10_0000, 0x100),
            (2, 0x20_0000, 0x10),
            (1, 0x21_0000, 0x10),
            (4, 0x22_0000, 0x10),
            (0, 0x30_0000, 0x10),
            (5, 0x40_0000, 0x10),
            (6, 0x41_0000, 0x10),
            (8, 0x50_0000, 0x10),
            (9, 0x60_0000, 0x10),
            (10, 0x70_0000, 0x10),
            (11, 0xFEC0_0000, 1),
            (14, 0x1_0000_0000, 1),
            (0x8000_0001, 0x2_0000_0000, 1));
        var map = new HostMemoryMap();
        Assert.True(map.TryReadUefi(descriptors, 48));

        Assert.Equal(HostMemoryKind.LowMemory, KindAt(map, 0));
        Assert.Equal(HostMemoryKind.LowMemory, KindAt(map, 0x9_FFFF));
        Assert.Equal(HostMemoryKind.Free, KindAt(map, 0x10_0000));
        Assert.Equal(HostMemoryKind.Free, KindAt(map, 0x20_0000));
        Assert.Equal(HostMemoryKind.Free, KindAt(map, 0x21_0000));
        Assert.Equal(HostMemoryKind.Free, KindAt(map, 0x22_FFFF));
        Assert.Equal(HostMemoryKind.Reserved, KindAt(map, 0x30_0000));
        Assert.Equal(HostMemoryKind.Runtime, KindAt(map, 0x40_0000));
        Assert.Equal(HostMemoryKind.Runtime, KindAt(map, 0x41_0000));
        Assert.Equal(HostMemoryKind.Unusable, KindAt(map, 0x50_0000));
        Assert.Equal(HostMemoryKind.AcpiReclaim, KindAt(map, 0x60_0000));
        Assert.Equal(HostMemoryKind.AcpiNvs, KindAt(map, 0x70_0000));
        Assert.Equal(HostMemoryKind.Mmio, KindAt(map, 0xFEC0_0000));
        Assert.Equal(HostMemoryKind.Reserved, KindAt(map, 0x1_0000_0000));
        Assert.Equal(HostMemoryKind.Reserved, KindAt(map, 0x2_0000_0000));
        Assert.Equal(0x71_0000ul, map.TopOfRam);
    }

    [Fact]
    public void TryReadUefi_OverlappingDescriptors_FreeLoses()
    {
        byte[] descriptors = Descriptors((6, 0x20_0000, 0x10), (7, 0x10_0000, 0x1000), (0, 0x30_0000, 1));
        var map = new HostMemoryMap();
        Assert.True(map.TryReadUefi(descriptors, 48));

        Assert.Equal(HostMemoryKind.Runtime, KindAt(map, 0x20_0000));
        Assert.Equal(HostMemoryKind.Reserved, KindAt(map, 0x30_0000));
        Assert.Equal(HostMemoryKind.Free, KindAt(map, 0x31_0000));
    }

    [Fact]
    public void TryReadUefi_RangeAcrossOneMegabyte_IsCut()
    {
        var map = new HostMemoryMap();
        Assert.True(map.TryReadUefi(Descriptors((7, 0x1000, 0x7F), (7, 0x8_0000, 0x100)), 48));

        Assert.Equal(2, map.Count);
        Assert.Equal(HostMemoryKind.LowMemory, map[0].Kind);
        Assert.Equal(0x10_0000ul, map[1].Start);
        Assert.Equal(0x18_0000ul, map[1].End);
    }

    [Fact]
    public void TryReadUefi_WithoutWriteBackOrForSpecialPurpose_IsNotFree()
    {
        byte[] descriptors = Descriptors((7, 0x10_0000, 1), (7, 0x20_0000, 1));
        BinaryPrimitives.WriteUInt64LittleEndian(descriptors.AsSpan(32), 0x1);
        BinaryPrimitives.WriteUInt64LittleEndian(descriptors.AsSpan(48 + 32), 0x4_000F);
        var map = new HostMemoryMap();
        Assert.True(map.TryReadUefi(descriptors, 48));

        Assert.Equal(0ul, map.BytesOf(HostMemoryKind.Free));
    }

    [Fact]
    public void TryReadUefi_AnyBytes_NeverThrows()
        => Gen.Byte.Array[0, 400].Sample(bytes => new HostMemoryMap().TryReadUefi(bytes, 48));

    private static HostMemoryKind KindAt(HostMemoryMap map, ulong address)
    {
        Assert.True(map.TryFind(address, out HostMemoryRange range));
        return range.Kind;
    }

    private static byte[] Descriptors(params (uint Type, ulong Start, ulong Pages)[] ranges)
    {
        var bytes = new byte[ranges.Length * 48];
        for (int i = 0; i < ranges.Length; i++)
        {
            Span<byte> at = bytes.AsSpan(i * 48);
            BinaryPrimitives.WriteUInt32LittleEndian(at, ranges[i].Type);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], ranges[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(at[24..], ranges[i].Pages);
            BinaryPrimitives.WriteUInt64LittleEndian(at[32..], 0xF);
        }

        return bytes;
    }
}
