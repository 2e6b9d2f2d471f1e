using System.Linq;
using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed unsafe class ExitingMsrsTests
{
    private static readonly uint[] s_exchanged =
        [0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0100, 0xC000_0101, 0xC000_0102];

    // SDM vol. 3C, 25.6.9: reads of low MSRs at 0, of high ones at 1024, writes of low ones at 2048, of high ones at 3072.
    [Theory]
    [InlineData(0u, 0)]
    [InlineData(0x1FFFu, 0x1FFF)]
    [InlineData(0xC000_0000u, 1024 * 8)]
    [InlineData(0xC000_1FFFu, 2048 * 8 - 1)]
    [InlineData(0x2000u, -1)]
    [InlineData(0xBFFF_FFFFu, -1)]
    [InlineData(0xC000_2000u, -1)]
    public void BitOf_IsWhereTheManualSays(uint msr, int bit) => Assert.Equal(bit, ExitingMsrs.BitOf(msr));

    [Fact]
    public void Fill_OnlyWhatIsExchanged_DoesNotExit()
    {
        byte[] bitmap = new byte[ExitingMsrs.Size];
        fixed (byte* pointer = bitmap)
        {
            ExitingMsrs.Fill(pointer);
        }

        AssertClear(bitmap, s_exchanged, s_exchanged);
    }

    // SDM vol. 3C, 30.5: reads come from the virtual-APIC page, which has no current count; TPR, EOI and SELF IPI are virtualized.
    [Fact]
    public void AllowX2Apic_WhatTheProcessorCarriesOut_DoesNotExit()
    {
        byte[] bitmap = new byte[ExitingMsrs.Size];
        fixed (byte* pointer = bitmap)
        {
            ExitingMsrs.Fill(pointer);
            ExitingMsrs.AllowX2Apic(pointer);
        }

        uint[] read = [0x802, 0x803, 0x808, 0x80A, 0x80D, 0x80F, 0x828, 0x830, 0x832, 0x833, 0x834, 0x835, 0x836, 0x837, 0x838, 0x83E];
        uint[] sets = [.. Enumerable.Range(0x810, 24).Select(msr => (uint)msr)];
        uint[] written = [0x808, 0x80B, 0x83F];
        AssertClear(bitmap, [.. s_exchanged, .. read, .. sets], [.. s_exchanged, .. written]);
    }

    private static void AssertClear(byte[] bitmap, uint[] read, uint[] written)
    {
        int clear = 0;
        foreach (byte part in bitmap)
        {
            clear += 8 - System.Numerics.BitOperations.PopCount(part);
        }

        Assert.Equal(read.Length + written.Length, clear);
        Assert.All(read, msr => Assert.Equal(0, bitmap[ExitingMsrs.BitOf(msr) >> 3] >> (ExitingMsrs.BitOf(msr) & 7) & 1));
        Assert.All(written, msr => Assert.Equal(0, bitmap[2048 + (ExitingMsrs.BitOf(msr) >> 3)] >> (ExitingMsrs.BitOf(msr) & 7) & 1));
    }
}
