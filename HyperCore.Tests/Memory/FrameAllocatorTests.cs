using System;
using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Memory;
using Xunit;

namespace HyperCore.Tests.Memory;

public sealed unsafe class FrameAllocatorTests
{
    private const ulong Frame = FrameAllocator.FrameSize;
    private const ulong Block = FrameAllocator.BlockSize;

    // Kept for as long as the test: the allocators point into them.
    private readonly List<ulong[]> _bitmaps = [];

    [Fact]
    public void AddRange_RoundsInwards()
    {
        FrameAllocator frames = Create(0x100_0000, (0x1001, 0x2FFE));
        Assert.Equal(Frame, frames.TotalBytes);
        Assert.True(frames.TryAllocateFrame(FrameOwner.HyperCore, out ulong address));
        Assert.Equal(0x2000ul, address);
        Assert.False(frames.TryAllocateFrame(FrameOwner.HyperCore, out _));
    }

    [Theory]
    [InlineData(0x4000, 0x1000, false)]
    [InlineData(0x0, 0x2000, false)]
    [InlineData(0x5000, 0x1000, true)]
    [InlineData(0xFF_F000, 0x2000, false)]
    [InlineData(0x6000, ulong.MaxValue, false)]
    [InlineData(ulong.MaxValue, 0, false)]
    [InlineData(0x2000, 0, true)]
    public void AddRange_OverlapOrAboveTop_IsRefused(ulong start, ulong length, bool expected)
    {
        FrameAllocator frames = Create(0x100_0000, (0x1000, 0x4000));
        Assert.Equal(expected, frames.AddRange(start, length));
    }

    [Fact]
    public void Frames_ComeFromTheBottom_GuestMemoryFromTheTop()
    {
        FrameAllocator frames = Create(0x1000_0000, (0x10_0000, 0xFF0_0000));
        Assert.True(frames.TryAllocateFrame(FrameOwner.NestedPageTables, out ulong first));
        Assert.Equal(0x10_0000ul, first);
        var extents = new FrameExtent[4];
        Assert.True(frames.TryAllocateGuestMemory(0x400_0000, extents, out int count));
        Assert.Equal(1, count);
        Assert.Equal(0xC00_0000ul, extents[0].Start);
        Assert.Equal(0x400_0000ul, extents[0].Length);
        Assert.Equal(0x400_0000ul, frames.UsedBytes(FrameOwner.GuestMemory));
        Assert.Equal(Frame, frames.UsedBytes(FrameOwner.NestedPageTables));
        Assert.Equal(frames.TotalBytes - 0x400_1000, frames.FreeBytes);
    }

    [Fact]
    public void GuestMemory_ScatteredRanges_UsesFewAlignedPieces()
    {
        FrameAllocator frames = Create(0x1000_0000, (0x1000, 0x3F_F000), (0x60_0000, 0x80_0000), (0x200_0000, 0x60_1000));
        var extents = new FrameExtent[8];
        Assert.True(frames.TryAllocateGuestMemory(0xC0_1000, extents, out int count));
        Assert.Equal(2, count);
        Assert.Equal((0x60_0000ul, 0x80_0000ul), (extents[0].Start, extents[0].Length));
        Assert.Equal((0x220_0000ul, 0x40_1000ul), (extents[1].Start, extents[1].Length));
    }

    [Fact]
    public void GuestMemory_OnlySmallPiecesLeft_TakesThemWhenAllowed()
    {
        FrameAllocator frames = Create(0x100_0000, (0x10_0000, 0x10_0000), (0x30_0000, 0x10_0000));
        var extents = new FrameExtent[2];
        Assert.False(frames.TryAllocateGuestMemory(0x20_0000, extents.AsSpan(0, 1), out int count));
        Assert.Equal(0, count);
        Assert.Equal(0x20_0000ul, frames.FreeBytes);
        Assert.True(frames.TryAllocateGuestMemory(0x20_0000, extents, out count));
        Assert.Equal(2, count);
        Assert.Equal(0ul, frames.FreeBytes);
        Assert.False(frames.TryAllocateGuestMemory(0x1000, extents, out _));
    }

    [Fact]
    public void Contiguous_HonoursAlignmentAndLimit()
    {
        FrameAllocator frames = Create(0x100_0000, (0x1000, 0xFF_F000));
        Assert.True(frames.TryAllocateContiguous(0x3001, 0x4000, ulong.MaxValue, FrameOwner.Files, out ulong address));
        Assert.Equal(0x4000ul, address);
        Assert.Equal(0x4000ul, frames.UsedBytes(FrameOwner.Files));
        Assert.False(frames.TryAllocateContiguous(0x4000, 0x4000, 0x9000, FrameOwner.Files, out _));
        Assert.True(frames.TryAllocateContiguous(0x1000, 0x1000, 0x9000, FrameOwner.Files, out address));
        Assert.Equal(0x1000ul, address);
        Assert.True(frames.TryAllocateBlock(FrameOwner.Files, out address));
        Assert.Equal(0x20_0000ul, address);
        Assert.False(frames.TryAllocateContiguous(0x1000, 0x800, ulong.MaxValue, FrameOwner.Files, out _));
        Assert.False(frames.TryAllocateContiguous(0x1000, 0x3000, ulong.MaxValue, FrameOwner.Files, out _));
        Assert.False(frames.TryAllocateContiguous(0, 0x1000, ulong.MaxValue, FrameOwner.Files, out _));
        Assert.False(frames.TryAllocateContiguous(ulong.MaxValue, 0x1000, ulong.MaxValue, FrameOwner.Files, out _));
        Assert.False(frames.TryAllocateContiguous(0x1000, 1ul << 63, ulong.MaxValue, FrameOwner.Files, out _));
    }

    [Fact]
    public void Reserve_TakesExactlyThatMemoryOnce()
    {
        FrameAllocator frames = Create(0x100_0000, (0x1000, 0x4000), (0x5000, 0x4000));
        Assert.True(frames.TryReserve(0x4000, 0x2000, FrameOwner.HyperCore));
        Assert.False(frames.TryReserve(0x5000, 0x1000, FrameOwner.HyperCore));
        Assert.False(frames.TryReserve(0x8000, 0x2000, FrameOwner.HyperCore));
        Assert.False(frames.TryReserve(0x1001, 0x1000, FrameOwner.HyperCore));
        Assert.Equal(0x2000ul, frames.UsedBytes(FrameOwner.HyperCore));
    }

    [Fact]
    public void Free_Mistakes_AreReportedAndChangeNothing()
    {
        FrameAllocator frames = Create(0x100_0000, (0x1000, 0x4000));
        Assert.True(frames.TryAllocateFrame(FrameOwner.HyperCore, out ulong address));
        Assert.Equal(FrameFreeResult.NotAligned, frames.Free(address + 1, Frame, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.NotAligned, frames.Free(address, 0, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.NotManaged, frames.Free(0x8000, Frame, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.NotManaged, frames.Free(0x4000, ulong.MaxValue & ~0xFFFul, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.AlreadyFree, frames.Free(address, 2 * Frame, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.WrongOwner, frames.Free(address, Frame, FrameOwner.Files));
        Assert.Equal(0x3000ul, frames.FreeBytes);
        Assert.Equal(FrameFreeResult.Freed, frames.Free(address, Frame, FrameOwner.HyperCore));
        Assert.Equal(FrameFreeResult.AlreadyFree, frames.Free(address, Frame, FrameOwner.HyperCore));
        Assert.Equal(0x4000ul, frames.FreeBytes);
        Assert.Equal(0ul, frames.UsedBytes(FrameOwner.HyperCore));
    }

    [Fact]
    public void AnySequence_NeverOverlaps_AndFreeingAllRestoresTheStart()
    {
        Gen<(int Kind, ulong Size, int Pick)> step = Gen.Select(Gen.Int[0, 5], Gen.OneOf(Gen.ULong[1, 0x10_0000], Gen.ULong[1, 0x300_0000]), Gen.Int[0, 1000]);
        step.Array[1, 80].Sample(
            steps =>
            {
                (ulong Start, ulong Length)[] ranges = [(0x1000, 0x9_F000), (0x10_0000, 0x73_4000), (0x100_0000, 0x380_0000), (0x600_3000, 0x123_4000)];
                FrameAllocator frames = Create(0x1000_0000, ranges);
                ulong total = frames.TotalBytes;
                var held = new List<(ulong Start, ulong Length, FrameOwner Owner)>();
                foreach ((int kind, ulong size, int pick) in steps)
                {
                    Step(frames, held, kind, size, pick);
                    CheckInvariants(frames, held, ranges, total);
                }

                foreach ((ulong start, ulong length, FrameOwner owner) in held)
                {
                    Assert.Equal(FrameFreeResult.Freed, frames.Free(start, length, owner));
                }

                Assert.Equal(total, frames.FreeBytes);
                Assert.Equal(total, frames.TotalBytes);
                foreach ((ulong start, ulong length) in ranges)
                {
                    Assert.True(frames.TryReserve(start, length, FrameOwner.Files));
                }

                Assert.False(frames.TryAllocateFrame(FrameOwner.Files, out _));
            },
            iter: 500);
    }

    private static void Step(FrameAllocator frames, List<(ulong Start, ulong Length, FrameOwner Owner)> held, int kind, ulong size, int pick)
    {
        ulong address;
        switch (kind)
        {
            case 0 when frames.TryAllocateFrame(FrameOwner.NestedPageTables, out address):
                held.Add((address, Frame, FrameOwner.NestedPageTables));
                break;
            case 1 when frames.TryAllocateBlock(FrameOwner.HyperCore, out address):
                Assert.Equal(0ul, address % Block);
                held.Add((address, Block, FrameOwner.HyperCore));
                break;
            case 2:
                ulong alignment = Frame << (pick % 12);
                if (frames.TryAllocateContiguous(size, alignment, 0x700_0000, FrameOwner.Files, out address))
                {
                    Assert.Equal(0ul, address % alignment);
                    Assert.True(address + RoundUp(size) <= 0x700_0000);
                    held.Add((address, RoundUp(size), FrameOwner.Files));
                }

                break;
            case 3:
                var extents = new FrameExtent[(pick % 6) + 1];
                if (frames.TryAllocateGuestMemory(size, extents, out int count))
                {
                    ulong sum = 0;
                    for (int i = 0; i < count; i++)
                    {
                        held.Add((extents[i].Start, extents[i].Length, FrameOwner.GuestMemory));
                        sum += extents[i].Length;
                    }

                    Assert.Equal(RoundUp(size), sum);
                }

                break;
            case 4 or 5 when held.Count > 0:
                (ulong start, ulong length, FrameOwner owner) = held[pick % held.Count];
                held.RemoveAt(pick % held.Count);
                Assert.Equal(FrameFreeResult.Freed, frames.Free(start, length, owner));
                Assert.Equal(FrameFreeResult.AlreadyFree, frames.Free(start, length, owner));
                break;
        }
    }

    private static void CheckInvariants(FrameAllocator frames, List<(ulong Start, ulong Length, FrameOwner Owner)> held, (ulong Start, ulong Length)[] ranges, ulong total)
    {
        var sorted = new List<(ulong Start, ulong Length, FrameOwner Owner)>(held);
        sorted.Sort((a, b) => a.Start.CompareTo(b.Start));
        ulong end = 0;
        ulong sum = 0;
        foreach ((ulong start, ulong length, _) in sorted)
        {
            Assert.True(start >= end);
            end = start + length;
            sum += length;
            Assert.Contains(ranges, range => start >= range.Start && end <= range.Start + range.Length);
        }

        ulong used = 0;
        for (FrameOwner owner = FrameOwner.HyperCore; owner <= FrameOwner.Files; owner++)
        {
            used += frames.UsedBytes(owner);
        }

        Assert.Equal(sum, used);
        Assert.Equal(total, frames.FreeBytes + used);
    }

    private static ulong RoundUp(ulong size) => (size + Frame - 1) & ~(Frame - 1);

    private FrameAllocator Create(ulong top, params (ulong Start, ulong Length)[] ranges)
    {
        ulong[] bitmap = GC.AllocateArray<ulong>((int)(FrameAllocator.BitmapBytes(top) / 8) + 2, pinned: true);
        lock (_bitmaps)
        {
            _bitmaps.Add(bitmap);
        }

        Array.Fill(bitmap, ulong.MaxValue);
        fixed (ulong* words = bitmap)
        {
            var frames = new FrameAllocator(words + 1, top);
            Assert.Equal(ulong.MaxValue, bitmap[0]);
            Assert.Equal(ulong.MaxValue, bitmap[^1]);
            foreach ((ulong start, ulong length) in ranges)
            {
                Assert.True(frames.AddRange(start, length));
            }

            return frames;
        }
    }
}
