using System;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Image;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Tests.Image;
using Xunit;

namespace HyperCore.Tests.Paging;

public sealed unsafe class HostAddressSpaceTests
{
    private const ulong Page = 4096;
    private const HostPageAccess ReadWrite = HostPageAccess.Read | HostPageAccess.Write;

    [Fact]
    public void TryMapMachine_SmallMachine_MapsFourGigabytesButPageZero()
    {
        var map = new HostMemoryMap();
        map.Set(0, 0xA_0000, HostMemoryKind.LowMemory);
        map.Set(0x10_0000, 0x1FF0_0000, HostMemoryKind.Free);

        Build(map, true, tables =>
        {
            Assert.False(tables.TryTranslate(0, out _, out _, out _));
            Assert.False(tables.TryTranslate(0xFFF, out _, out _, out _));
            AssertAccess(tables, 0x1000, ReadWrite);
            AssertAccess(tables, 0xB_8000, ReadWrite);
            AssertAccess(tables, 0x1FFF_FFFF, ReadWrite);
            AssertAccess(tables, 0xFEE0_0000, ReadWrite);
            AssertAccess(tables, 0xFFFF_FFFF, ReadWrite);
            Assert.False(tables.TryTranslate(0x1_0000_0000, out _, out _, out _));
        });
    }

    [Fact]
    public void TryMapMachine_AnyMap_MapsAllOfItWithinTheFramesPromised()
    {
        var range = Gen.Select(Gen.ULong[0, 0x30_0000], Gen.ULong[1, 0x10_0000], Gen.OneOf(
            HostMemoryKind.Free, HostMemoryKind.Free, HostMemoryKind.Reserved, HostMemoryKind.Mmio, HostMemoryKind.Runtime));
        Gen.Select(range.Array[1, 20], Gen.Bool).Sample((ranges, gigabytePages) =>
        {
            var map = new HostMemoryMap();
            foreach ((ulong start, ulong pages, HostMemoryKind kind) in ranges)
            {
                Assert.True(map.Set(start * Page, pages * Page, kind));
            }

            Build(map, gigabytePages, tables =>
            {
                foreach (HostMemoryRange part in map.Ranges)
                {
                    if (part.IsRam)
                    {
                        AssertAccess(tables, Math.Max(Page, part.Start), ReadWrite);
                        AssertAccess(tables, part.End - 1, ReadWrite);
                    }
                }

                AssertAccess(tables, HostAddressSpace.EndOf(map) - 1, ReadWrite);
                Assert.False(tables.TryTranslate(HostAddressSpace.EndOf(map), out _, out _, out _));
            });
        });
    }

    [Fact]
    public void TryMapImage_GivesEachSectionItsRights()
    {
        const ulong Base = 0x1234_5000;
        byte[] bytes = SamplePe.Build([0x2008]);
        Assert.True(PeImage.TryParse(bytes, out PeImage parsed));
        Assert.Equal(3, parsed.SectionCount);
        Build(new HostMemoryMap(), true, tables =>
        {
            Assert.True(PeImage.TryParse(bytes, out PeImage image));
            Assert.True(HostAddressSpace.TryMapImage(tables, image, Base));
            AssertAccess(tables, Base - 1, ReadWrite);
            AssertAccess(tables, Base, HostPageAccess.Read);
            AssertAccess(tables, Base + 0x1000, HostPageAccess.Read | HostPageAccess.Execute);
            AssertAccess(tables, Base + 0x2000, ReadWrite);
            AssertAccess(tables, Base + 0x3000, HostPageAccess.Read);
            AssertAccess(tables, Base + 0x4000, ReadWrite);
        });
    }

    [Fact]
    public void TryMapImage_WritableCode_IsRefused()
    {
        byte[] bytes = SamplePe.Build([0x2008]);
        bytes[0x98 + 240 + 39] |= 0x80;
        Build(new HostMemoryMap(), true, tables =>
        {
            Assert.True(PeImage.TryParse(bytes, out PeImage image));
            Assert.False(HostAddressSpace.TryMapImage(tables, image, 0x100_0000));
        });
    }

    private static void AssertAccess(HostPageTables tables, ulong address, HostPageAccess expected)
    {
        Assert.True(tables.TryTranslate(address, out ulong physical, out HostPageAccess access, out _));
        Assert.Equal((address, expected), (physical, access));
    }

    private static void Build(HostMemoryMap map, bool gigabytePages, Action<HostPageTables> test)
    {
        int frames = HostAddressSpace.FramesNeeded(map, gigabytePages, 8ul << 20, 1);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)frames * (nuint)Page, (nuint)Page);
        try
        {
            var tables = new HostPageTables(memory, 0x100_0000, frames, gigabytePages, false);
            Assert.True(HostAddressSpace.TryMapMachine(tables, map));
            test(tables);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
