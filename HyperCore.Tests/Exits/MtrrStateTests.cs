using HyperCore.Core.Exits;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed class MtrrStateTests
{
    private readonly MtrrState _mtrr = new();

    public MtrrStateTests() => _mtrr.Reset();

    [Fact]
    public void Capabilities_AreEightVariableFixedAndWriteCombining() => Assert.Equal(0x508ul, MtrrState.Capabilities);

    [Fact]
    public void Reset_EverythingIsWriteBack()
    {
        Assert.Equal(0xC06ul, Read(0x2FF));
        Assert.Equal(0x0606_0606_0606_0606ul, Read(0x250));
        Assert.Equal(0x0606_0606_0606_0606ul, Read(0x26F));
        Assert.Equal(0ul, Read(0x200));
    }

    [Theory]
    [InlineData(0x200u)]
    [InlineData(0x20Fu)]
    [InlineData(0x250u)]
    [InlineData(0x258u)]
    [InlineData(0x259u)]
    [InlineData(0x268u)]
    [InlineData(0x26Fu)]
    [InlineData(0x2FFu)]
    public void TryRead_Mtrrs_Exist(uint msr) => Assert.True(_mtrr.TryRead(msr, out _));

    [Theory]
    [InlineData(0x1FFu)]
    [InlineData(0x210u)]
    [InlineData(0x24Fu)]
    [InlineData(0x251u)]
    [InlineData(0x257u)]
    [InlineData(0x25Au)]
    [InlineData(0x267u)]
    [InlineData(0x270u)]
    [InlineData(0x2FEu)]
    public void TryRead_Neighbours_DoNotExist(uint msr)
    {
        Assert.False(_mtrr.TryRead(msr, out _));
        Assert.False(_mtrr.TryWrite(msr, 0));
    }

    [Theory]
    [InlineData(0x200u, 0xC000_0000ul)]
    [InlineData(0x200u, 0xC000_0001ul)]
    [InlineData(0x20Eu, 0xF_FFFF_F006ul)]
    [InlineData(0x201u, 0xF_FFF0_0800ul)]
    [InlineData(0x2FFu, 0xC06ul)]
    [InlineData(0x2FFu, 0ul)]
    [InlineData(0x259u, 0x0001_0405_0606_0505ul)]
    public void TryWrite_LegalValue_ReadsBack(uint msr, ulong value)
    {
        Assert.True(_mtrr.TryWrite(msr, value));
        Assert.Equal(value, Read(msr));
    }

    [Theory]
    [InlineData(0x200u, 0x2ul)] // reserved types 2, 3, 7
    [InlineData(0x200u, 0x3ul)]
    [InlineData(0x200u, 0x7ul)]
    [InlineData(0x200u, 0x106ul)] // reserved bits 11:8
    [InlineData(0x201u, 0x400ul)] // reserved bits 10:0
    [InlineData(0x201u, 0x801ul)]
    [InlineData(0x2FFu, 0x1000ul)]
    [InlineData(0x2FFu, 0xC02ul)]
    [InlineData(0x2FFu, 0xD06ul)]
    [InlineData(0x250u, 0x0606_0606_0206_0606ul)]
    [InlineData(0x268u, 0x1E00_0000_0000_0000ul)] // RdMem and WrMem are hidden
    public void TryWrite_IllegalValue_ChangesNothing(uint msr, ulong value)
    {
        ulong before = Read(msr);

        Assert.False(_mtrr.TryWrite(msr, value));
        Assert.Equal(before, Read(msr));
    }

    private ulong Read(uint msr)
    {
        Assert.True(_mtrr.TryRead(msr, out ulong value));
        return value;
    }
}
