using System.Security.Cryptography;
using System.Text;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class ManifestVerifierTests
{
    private const string Kernel = @"\EFI\HyperCore\vmlinuz";
    private static readonly byte[] s_kernel = "a kernel"u8.ToArray();
    private static readonly byte[] s_manifest = Encoding.UTF8.GetBytes(
        $"hypercore-manifest 1\n{HexText.Format(SHA256.HashData(s_kernel))}  {s_kernel.Length}  {Kernel}\n");

    [Fact]
    public void WithoutKey_TakesEverything()
    {
        var verifier = ManifestVerifier.WithoutKey();
        Assert.Equal(TrustState.NotVerified, verifier.State);
        Assert.Null(verifier.WhyRefused(Kernel, default));
    }

    [Fact]
    public void SignedManifest_TakesItsFilesOnly()
    {
        ManifestVerifier verifier = Create(s_manifest, TestKeys.Sign(TestKeys.Of(3072), s_manifest));

        Assert.Equal(TrustState.Verified, verifier.State);
        Assert.Equal(1, verifier.FileCount);
        Assert.Null(verifier.WhyRefused(Kernel, s_kernel));
        Assert.Null(verifier.WhyRefused(Kernel.ToUpperInvariant(), s_kernel));
        Assert.Equal(@"\EFI\HyperCore\other: refused: it is not in the signed manifest", verifier.WhyRefused(@"\EFI\HyperCore\other", s_kernel));
    }

    [Fact]
    public void SignedManifest_AnyChangeOfAFile_IsNamed()
    {
        ManifestVerifier verifier = Create(s_manifest, TestKeys.Sign(TestKeys.Of(3072), s_manifest));
        const string Refusal = Kernel + ": changed: its SHA-256 is not the one in the signed manifest";
        Gen.Select(Gen.Int[0, s_kernel.Length - 1], Gen.Int[1, 255]).Sample((at, flip) =>
        {
            byte[] changed = (byte[])s_kernel.Clone();
            changed[at] ^= (byte)flip;
            Assert.Equal(Refusal, verifier.WhyRefused(Kernel, changed));
        });
        Assert.Equal(Refusal, verifier.WhyRefused(Kernel, [.. s_kernel, 0]));
        Assert.Equal(Refusal, verifier.WhyRefused(Kernel, default));
    }

    [Fact]
    public void ChangedManifest_NothingIsTaken()
    {
        byte[] signature = TestKeys.Sign(TestKeys.Of(3072), s_manifest);
        Gen.Select(Gen.Int[0, s_manifest.Length - 1], Gen.Int[1, 255]).Sample(
            (at, flip) =>
            {
                byte[] changed = (byte[])s_manifest.Clone();
                changed[at] ^= (byte)flip;
                ManifestVerifier verifier = Create(changed, signature);
                Assert.Equal(TrustState.Refused, verifier.State);
                Assert.Equal(@"\EFI\HyperCore\manifest: changed: \EFI\HyperCore\manifest.sig is not its signature by the key of this image", verifier.Problem);
                Assert.StartsWith(Kernel + ": refused, as no file can be trusted: ", verifier.WhyRefused(Kernel, s_kernel));
            },
            iter: 50);
    }

    [Fact]
    public void SignedNonsense_SaysTheLine()
    {
        byte[] manifest = [.. s_manifest, .. "nonsense\n"u8];
        ManifestVerifier verifier = Create(manifest, TestKeys.Sign(TestKeys.Of(3072), manifest));
        Assert.Equal(TrustState.Refused, verifier.State);
        Assert.Equal(@"\EFI\HyperCore\manifest: line 3 is not as it should be", verifier.Problem);
    }

    [Fact]
    public void LongManifest_IsRefused() => Assert.Equal(TrustState.Refused, Create(new byte[Manifest.MaxBytes + 1], new byte[384]).State);

    private static ManifestVerifier Create(byte[] manifest, byte[] signature) =>
        ManifestVerifier.Create(TestKeys.Public(TestKeys.Of(3072)), manifest, signature);
}
