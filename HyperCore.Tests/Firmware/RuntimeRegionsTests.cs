using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Firmware;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using Xunit;

namespace HyperCore.Tests.Firmware;

/// <summary>The firmware's runtime regions and the address space in which they are called: UEFI 2.10, 7.2.3 and 4.6.4.</summary>
public sealed unsafe class RuntimeRegionsTests
{
    private const ulong Page = 4096;
    private const ulong Runtime = 1ul << 63;
    private const ulong WriteBack = 8;
    private const ulong ReadOnly = 0x2_0000;
    private const ulong ExecuteProtect = 0x4000;
    private const uint Conventional = 7;
    private const uint Code = 5;
    private const uint Data = 6;
    private const uint Io = 11;
    private const HostPageAccess Read = HostPageAccess.Read;
    private const HostPageAccess ReadWrite = HostPageAccess.Read | HostPageAccess.Write;
    private const HostPageAccess All = ReadWrite | HostPageAccess.Execute;

    private static readonly byte[] s_map =
    [
        .. Descriptor(Conventional, 0x10_0000, 0x3F00, WriteBack),
        .. Descriptor(Code, 0x3F0_0000, 16, Runtime | WriteBack),
        .. Descriptor(Data, 0x3F0_0000 + (16 * Page), 16, Runtime | WriteBack),
        .. Descriptor(Io, 0xFFC0_0000, 0x84, Runtime),
        .. Descriptor(Io, 0xFEC0_0000, 1, 0),
    ];

    [Fact]
    public void TryRead_WithoutAttributes_CodeIsWritable()
    {
        var regions = new RuntimeRegions();
        Assert.True(regions.TryRead(s_map, 48, default));
        Assert.Equal(3, regions.Count);
        Assert.Equal(1, regions.WritableCode);
        Assert.Equal((0x3F0_0000ul, All, false), (regions[0].Start, regions[0].Access, regions[0].IsDevice));
        Assert.Equal((0x3F1_0000ul, ReadWrite, false), (regions[1].Start, regions[1].Access, regions[1].IsDevice));
        Assert.Equal((0xFFC0_0000ul, 0x8_4000ul, ReadWrite, true), (regions[2].Start, regions[2].Length, regions[2].Access, regions[2].IsDevice));
    }

    [Fact]
    public void TryMap_WithAttributes_NothingIsWritableAndExecutable()
    {
        byte[] attributes = Table(
            Descriptor(Code, 0x3F0_0000, 1, Runtime | ExecuteProtect),
            Descriptor(Code, 0x3F0_1000, 14, Runtime | ReadOnly),
            Descriptor(Code, 0x3F0_F000, 1, Runtime | ExecuteProtect),
            Descriptor(Data, 0x3F1_0000, 16, Runtime | ExecuteProtect));
        var regions = new RuntimeRegions();
        Assert.True(regions.TryRead(s_map, 48, attributes));
        Assert.Equal(0, regions.WritableCode);
        Build(regions, true, true, tables =>
        {
            AssertAccess(tables, 0x3EF_F000, ReadWrite, HostMemoryType.WriteBack);
            AssertAccess(tables, 0x3F0_0000, ReadWrite, HostMemoryType.WriteBack);
            AssertAccess(tables, 0x3F0_1000, Read | HostPageAccess.Execute, HostMemoryType.WriteBack);
            AssertAccess(tables, 0x3F0_EFFF, Read | HostPageAccess.Execute, HostMemoryType.WriteBack);
            AssertAccess(tables, 0x3F0_F000, ReadWrite, HostMemoryType.WriteBack);
            AssertAccess(tables, 0x3F1_0000, ReadWrite, HostMemoryType.WriteBack);
            AssertAccess(tables, 0xFFC0_0000, ReadWrite, HostMemoryType.Uncacheable);
            AssertAccess(tables, 0xFFC8_3FFF, ReadWrite, HostMemoryType.Uncacheable);
            AssertAccess(tables, 0xFFC8_4000, ReadWrite, HostMemoryType.WriteBack);
        });
    }

    [Fact]
    public void TryRead_AttributesOutsideOfTheRegions_OpenNothing()
    {
        byte[] attributes = Table(
            Descriptor(Code, 0x20_0000, 1, Runtime | ReadOnly),
            Descriptor(Code, 0x3F0_F000, 40, Runtime | ReadOnly),
            Descriptor(Code, ulong.MaxValue & ~0xFFFul, ulong.MaxValue, Runtime | ReadOnly),
            Descriptor(Code, 0xFFC0_0000, 1, Runtime | ReadOnly));
        var regions = new RuntimeRegions();
        Assert.True(regions.TryRead(s_map, 48, attributes));
        Assert.Equal(3, regions.Count);
    }

    [Fact]
    public void Map_WritableCode_NeedsTablesThatAllowIt()
    {
        var regions = new RuntimeRegions();
        Assert.True(regions.TryRead(s_map, 48, default));
        Build(regions, true, false, tables => Assert.False(RuntimeAddressSpace.TryMap(tables, regions)));
        Build(regions, true, true, tables => AssertAccess(tables, 0x3F0_0000, All, HostMemoryType.WriteBack));
    }

    [Theory]
    [InlineData(0u, 48u, 0)]
    [InlineData(1u, 39u, 0)]
    [InlineData(1u, 48u, 64)]
    [InlineData(uint.MaxValue, uint.MaxValue, 0)]
    [InlineData(3u, 40u, 136)]
    public void TableLength_NonsenseIsZero(uint count, uint size, int expected) =>
        Assert.Equal(expected, RuntimeRegions.TableLength([1, 0, 0, 0, .. BitConverter.GetBytes(count), .. BitConverter.GetBytes(size), 0, 0, 0, 0]));

    [Fact]
    public void Fingerprint_IsAboutRuntimeRegionsOnly()
    {
        ulong before = RuntimeRegions.Fingerprint(s_map, 48);
        byte[] otherOrder = [.. s_map.AsSpan(96, 48), .. s_map.AsSpan(48, 48), .. s_map.AsSpan(144, 48)];
        Assert.Equal(before, RuntimeRegions.Fingerprint(otherOrder, 48));
        byte[] moved = (byte[])s_map.Clone();
        moved[48 + 9] += 0x10;
        Assert.NotEqual(before, RuntimeRegions.Fingerprint(moved, 48));
    }

    [Fact]
    public void AnyRegions_FitIntoTheFramesPromised()
    {
        var region = Gen.Select(Gen.ULong[0, 0x14_0000], Gen.ULong[1, 0x800], Gen.Bool);
        Gen.Select(region.Array[1, 30], Gen.Bool).Sample((list, gigabytePages) =>
        {
            var bytes = new List<byte>();
            foreach ((ulong start, ulong pages, bool isCode) in list)
            {
                bytes.AddRange(Descriptor(isCode ? Code : Data, start * Page, pages, Runtime | WriteBack));
            }

            var regions = new RuntimeRegions();
            Assert.True(regions.TryRead(bytes.ToArray(), 48, default));
            Build(regions, gigabytePages, true, tables =>
            {
                for (int i = 0; i < regions.Count; i++)
                {
                    Assert.True(tables.TryTranslate(regions[i].Start, out ulong physical, out _, out _));
                    Assert.Equal(regions[i].Start, physical);
                }
            });
        });
    }

    private static byte[] Descriptor(uint type, ulong start, ulong pages, ulong attribute) =>
    [
        .. BitConverter.GetBytes((ulong)type), .. BitConverter.GetBytes(start), .. new byte[8],
        .. BitConverter.GetBytes(pages), .. BitConverter.GetBytes(attribute), .. new byte[8],
    ];

    private static byte[] Table(params byte[][] entries)
    {
        var bytes = new List<byte>([1, 0, 0, 0, .. BitConverter.GetBytes(entries.Length), .. BitConverter.GetBytes(48), 0, 0, 0, 0]);
        Array.ForEach(entries, entry => bytes.AddRange(entry));
        return [.. bytes];
    }

    private static void AssertAccess(HostPageTables tables, ulong address, HostPageAccess expected, HostMemoryType type)
    {
        Assert.True(tables.TryTranslate(address, out ulong physical, out HostPageAccess access, out HostMemoryType found));
        Assert.Equal((address, expected, type), (physical, access, found));
    }

    private static void Build(RuntimeRegions regions, bool gigabytePages, bool allowed, Action<HostPageTables> test)
    {
        var map = new HostMemoryMap();
        Assert.True(map.Set(0, 0x4000_0000, HostMemoryKind.Free));
        int frames = HostAddressSpace.FramesNeeded(map, gigabytePages, 0, 0) + RuntimeAddressSpace.FramesNeeded(regions);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)frames * (nuint)Page, (nuint)Page);
        try
        {
            var tables = new HostPageTables(memory, 0x100_0000, frames, gigabytePages, false) { AllowsWritableCode = allowed };
            Assert.True(HostAddressSpace.TryMapMachine(tables, map));
            if (allowed)
            {
                Assert.True(RuntimeAddressSpace.TryMap(tables, regions));
            }

            test(tables);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
