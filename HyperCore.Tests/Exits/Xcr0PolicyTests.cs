using HyperCore.Core.Exits;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed class Xcr0PolicyTests
{
    private const ulong All = CpuidPolicy.SupportedXcr0;

    [Theory]
    [InlineData(0x01ul)] // x87
    [InlineData(0x03ul)] // and SSE
    [InlineData(0x07ul)] // and AVX
    [InlineData(0xE7ul)] // and AVX-512
    public void IsValid_SetsThatAProcessorTakes_AreTaken(ulong value) => Assert.True(Xcr0Policy.IsValid(value, All));

    [Theory]
    [InlineData(0x00ul)] // x87 cannot be switched off
    [InlineData(0x02ul)]
    [InlineData(0x06ul)]
    [InlineData(0x05ul)] // AVX without SSE
    [InlineData(0x27ul)] // parts of AVX-512
    [InlineData(0x67ul)]
    [InlineData(0xE3ul)] // AVX-512 without AVX
    [InlineData(0xE1ul)]
    [InlineData(0x1Ful)] // MPX is not offered
    [InlineData(0x207ul)] // PKRU is not offered
    [InlineData(0x8000_0000_0000_0007ul)]
    public void IsValid_SetsThatAProcessorRefuses_AreRefused(ulong value) => Assert.False(Xcr0Policy.IsValid(value, All));

    [Fact]
    public void IsValid_ComponentThatThisGuestHasNot_IsRefused()
    {
        Assert.False(Xcr0Policy.IsValid(7, 3));
        Assert.True(Xcr0Policy.IsValid(3, 3));
        Assert.False(Xcr0Policy.IsValid(1, 0));
    }
}
