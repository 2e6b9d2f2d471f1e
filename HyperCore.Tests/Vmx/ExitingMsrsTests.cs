using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed unsafe class ExitingMsrsTests
{
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

        uint[] allowed = [0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0100, 0xC000_0101, 0xC000_0102];
        int clear = 0;
        foreach (byte part in bitmap)
        {
            clear += 8 - System.Numerics.BitOperations.PopCount(part);
        }

        Assert.Equal(2 * allowed.Length, clear);
        foreach (uint msr in allowed)
        {
            int bit = ExitingMsrs.BitOf(msr);
            Assert.Equal(0, bitmap[bit >> 3] >> (bit & 7) & 1);
            Assert.Equal(0, bitmap[2048 + (bit >> 3)] >> (bit & 7) & 1);
        }
    }
}
