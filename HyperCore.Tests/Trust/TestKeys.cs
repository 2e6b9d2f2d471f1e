using System;
using System.Security.Cryptography;
using HyperCore.Core.Trust;

namespace HyperCore.Tests.Trust;

/// <summary>Keys made for one run of the tests: making one takes a while.</summary>
internal static class TestKeys
{
    private static readonly Lazy<RSA> s_bits3072 = new(() => RSA.Create(3072));
    private static readonly Lazy<RSA> s_bits4096 = new(() => RSA.Create(4096));

    /// <summary>The key of that many bits.</summary>
    public static RSA Of(int bits) => bits == 3072 ? s_bits3072.Value : s_bits4096.Value;

    /// <summary>Its public half as HyperCore has it.</summary>
    public static RsaPublicKey Public(RSA key) => RsaPublicKey.Create(key.ExportParameters(false).Modulus)!;

    /// <summary>A signature as <c>hypercore image sign</c> makes it.</summary>
    public static byte[] Sign(RSA key, ReadOnlySpan<byte> bytes) => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
