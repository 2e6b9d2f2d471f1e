using HyperCore.Core.Boot;
using Xunit;

namespace HyperCore.Tests.Boot;

public sealed class FilePathTests
{
    [Theory]
    [InlineData(@"\EFI\HyperCore\hypercore.conf", @"\EFI\HyperCore\hypercore.conf")]
    [InlineData(@"\EFI\HyperCore\hypercore.conf", @"\efi\hypercore\HYPERCORE.CONF")]
    [InlineData(@"\EFI\HyperCore\kernel", "/EFI/HyperCore/kernel")]
    [InlineData(@"\EFI\HyperCore\kernel", "EFI/HyperCore/kernel")]
    [InlineData("", @"\")]
    public void IsSame_NamesOfOneFile_AreTheSame(string left, string right)
    {
        Assert.True(FilePath.IsSame(left, right));
        Assert.True(FilePath.IsSame(right, left));
    }

    [Theory]
    [InlineData(@"\EFI\HyperCore\kernel", @"\EFI\HyperCore\kernel2")]
    [InlineData(@"\EFI\HyperCore\kernel", @"\EFI\HyperCore_kernel")]
    [InlineData(@"\kernel", @"\\kernel")]
    [InlineData(@"\é", @"\É")]
    [InlineData("HyperCore", @"\EFI\HyperCore\HyperCore.efi")]
    public void IsSame_OtherNames_AreNot(string left, string right) => Assert.False(FilePath.IsSame(left, right));
}
