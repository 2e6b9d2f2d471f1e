using System;
using HyperCore.Efi.Svm;
using Xunit;

namespace HyperCore.Tests.Svm;

public sealed unsafe class PermissionMapTests
{
    private static readonly uint[] s_allowed =
        [0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0100, 0xC000_0101, 0xC000_0102];

    // AMD APM vol. 2, table 15-7: byte offsets of the three ranges.
    [Theory]
    [InlineData(0x0000_0000u, 0x000, 0)]
    [InlineData(0x0000_0010u, 0x004, 0)]
    [InlineData(0x0000_0174u, 0x05D, 0)]
    [InlineData(0x0000_0277u, 0x09D, 6)]
    [InlineData(0x0000_1FFFu, 0x7FF, 6)]
    [InlineData(0xC000_0000u, 0x800, 0)]
    [InlineData(0xC000_0080u, 0x820, 0)]
    [InlineData(0xC000_0103u, 0x840, 6)]
    [InlineData(0xC000_1FFFu, 0xFFF, 6)]
    [InlineData(0xC001_0000u, 0x1000, 0)]
    [InlineData(0xC001_0114u, 0x1045, 0)]
    [InlineData(0xC001_1FFFu, 0x17FF, 6)]
    public void MsrPermissionMap_Offset_IsTheManuals(uint msr, int byteOffset, int bit) =>
        Assert.Equal((byteOffset * 8) + bit, MsrPermissionMap.BitOffset(msr));

    [Theory]
    [InlineData(0x0000_2000u)]
    [InlineData(0x4000_0000u)]
    [InlineData(0xBFFF_FFFFu)]
    [InlineData(0xC000_2000u)]
    [InlineData(0xC001_2000u)]
    [InlineData(0xC000_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void MsrPermissionMap_MsrOutsideTheRanges_IsNotCovered(uint msr) => Assert.Equal(-1, MsrPermissionMap.BitOffset(msr));

    [Fact]
    public void MsrPermissionMap_Fill_LetsThroughOnlyWhatTheWorldSwitchSwitches()
    {
        byte[] map = new byte[MsrPermissionMap.Size];
        fixed (byte* pointer = map)
        {
            MsrPermissionMap.Fill(pointer);
        }

        foreach (uint first in new uint[] { 0, 0xC000_0000, 0xC001_0000 })
        {
            for (uint msr = first; msr < first + 0x2000; msr++)
            {
                int bit = MsrPermissionMap.BitOffset(msr);
                int pair = map[bit >> 3] >> (bit & 7) & 3;
                Assert.True(pair == (Array.IndexOf(s_allowed, msr) >= 0 ? 0 : 3), $"MSR {msr:X}");
            }
        }

        Assert.Equal(-1, map.AsSpan(0x1800).IndexOfAnyExcept((byte)0xFF));
    }

    [Fact]
    public void IoPermissionMap_Fill_InterceptsEveryPort()
    {
        Assert.Equal(0x3000, IoPermissionMap.Size);
        byte[] map = new byte[IoPermissionMap.Size];
        fixed (byte* pointer = map)
        {
            IoPermissionMap.Fill(pointer);
        }

        Assert.Equal(-1, map.AsSpan().IndexOfAnyExcept((byte)0xFF));
    }
}
