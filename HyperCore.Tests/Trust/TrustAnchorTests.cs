using System;
using System.Security.Cryptography;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class TrustAnchorTests
{
    [Theory]
    [InlineData(3072)]
    [InlineData(4096)]
    public void Section_Key_ComesBack(int bits)
    {
        RSA key = TestKeys.Of(bits);
        byte[] section = new byte[TrustAnchor.SectionBytes + 100];
        TrustAnchor.Write(section, key.ExportParameters(false).Modulus);

        Assert.True(TrustAnchor.TryRead(section, out RsaPublicKey? read));
        Assert.True(read!.Verify(SHA256.HashData("x"u8), TestKeys.Sign(key, "x"u8)));
    }

    [Fact]
    public void Section_Empty_IsNoKey()
    {
        byte[] section = new byte[TrustAnchor.SectionBytes];
        TrustAnchor.Write(section, default);

        Assert.True(TrustAnchor.TryRead(section, out RsaPublicKey? key));
        Assert.Null(key);
    }

    // Not "no key", or damage would be a way to have everything taken.
    [Fact]
    public void Section_Damaged_IsAnError()
    {
        byte[] good = new byte[TrustAnchor.SectionBytes];
        TrustAnchor.Write(good, TestKeys.Of(3072).ExportParameters(false).Modulus);
        Gen.Select(Gen.OneOf(Gen.Int[0, 15], Gen.Int[16 + 384, TrustAnchor.SectionBytes - 1]), Gen.Int[1, 255]).Sample((at, flip) =>
        {
            byte[] bad = (byte[])good.Clone();
            bad[at] ^= (byte)flip;
            Assert.False(TrustAnchor.TryRead(bad, out _));
        });
        Assert.False(TrustAnchor.TryRead(good.AsSpan(1), out _));
        Assert.False(TrustAnchor.TryRead(new byte[TrustAnchor.SectionBytes], out _));
        Assert.False(TrustAnchor.TryRead(default, out _));
    }
}
