using CsCheck;
using HyperCore.Core.Processor;
using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class SegmentRightsTests
{
    // Packed attributes, limit, access rights (SDM vol. 3C, table 25-2): AVL 12, L 13, D 14, G 15, unusable 16.
    [Theory]
    [InlineData(0xA9B, 0xFFFF_FFFFu, 0xA09Bu)] // 64-bit code
    [InlineData(0xC93, 0xFFFF_FFFFu, 0xC093u)]
    [InlineData(0x09B, 0xFFFFu, 0x009Bu)]
    [InlineData(0x08B, 0x67u, 0x008Bu)] // busy TSS
    [InlineData(0x082, 0xFFFFu, 0x0082u)]
    [InlineData(0x092, 0xFFFFu, 0x0093u)] // accessed, as every loaded segment is
    [InlineData(0x893, 0x1234u, 0x0093u)] // a limit in bytes has no G
    [InlineData(0x093, 0xFFFF_FFFFu, 0x8093u)] // and this one has
    [InlineData(0x000, 0u, 0x1_0000u)]
    [InlineData(0x060, 0u, 0x1_0060u)] // SS of CPL 3
    public void FromSegment_GivesWhatEntriesDemand(int attributes, uint limit, uint expected) =>
        Assert.Equal(expected, SegmentRights.FromSegment(new Segment(0x10, (ushort)attributes, limit, 0)));

    [Fact]
    public void ToAttributes_Unusable_IsNotPresent() => Assert.Equal(0xC13, SegmentRights.ToAttributes(0x1_C093));

    [Fact]
    public void ToAttributes_WhatFromSegmentGave_IsTheSame() =>
        Gen.Select(Gen.UShort[0, 0xFFF], Gen.Const(0xFFFF_FFFFu)).Sample((attributes, limit) =>
        {
            ushort expected = (ushort)(attributes | 0x80 | 0x800 | ((attributes & 0x10) != 0 ? 1 : 0));
            uint rights = SegmentRights.FromSegment(new Segment(8, (ushort)(attributes | 0x80), limit, 0));

            Assert.Equal(expected, SegmentRights.ToAttributes(rights));
        });
}
