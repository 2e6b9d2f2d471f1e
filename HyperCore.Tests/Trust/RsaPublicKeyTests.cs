using System;
using System.Numerics;
using System.Security.Cryptography;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class RsaPublicKeyTests
{
    // By OpenSSL 3.0: openssl dgst -sha256 -sign of the nine bytes "HyperCore". The private key is gone.
    private const string OpenSslModulus =
        "b2724fa68f13bcb99733ffaeade204d364284575e1283fffb81c6b9feb9dac222521745d5d3bd35315b4835ab1f2b3864b257958eaa0fbeb728f2589ace7e59e" +
        "69e014628bc96f8fdf988078ee9dc0fd7c6a793f6a6b6801fbd5ebfc44331f3bf05e3b013c19e71c1883f35f3d8bb3110d5c85f0cf5b957b38b6f9cc7af1032b" +
        "ee8ff8d31477aee38ec128e59615550b9f85f0b97f32d78d4481d4b4d8f0e91e9969bcc8adefb2ef83819679fb43e0526300851309663bcdcba4e1b44d44fa96" +
        "7ef238e7c0de34b46cb92332e6b2ee7d1a294adca1cdc6a37198da2211065d25821b6fe353f7a4f5c667039d716a24bf204f48801f365635ef1122f00659ab15" +
        "9e2d106dd6c99c5946f9018c4b2cb7225cbb2f24676ceb474d2312ec6bf4470a2acfc4a712effdcb93d6f2b3f817e276deab5c1509d0a01397e61b4fc8d3208d" +
        "1fca16519f1d44d5a0704ecccd654b686b81f01730e10b1a1897dfe3f15e9ceaf95d2dbfea7bde34ae77ec747d1262f24ed19aafa1de5dccb79fe71280a4bd9d";

    private const string OpenSslSignature =
        "9a64e5b2463c3f90a8919576aa024e758948cd75e1c50468ff20652aeb1f55669664a73441b86cba302716721ecc0345573a8de82fc23107a6dc9d57f7e55d94" +
        "7c9ae52837fef986c3ff17478e6848507a7fed59f903f89c4406312b27c73c72f829cb98d2dc38a5297d94e1b017cf73dd3f5526038b5824c57b6f15bb7cad9d" +
        "da7cc7fedf67be391bb2db4ca91de426969255f9de91051a56d600f7d510a363d37b275415748d5912736bb38a09deff08f357da1fa080625fb9bf2c205937cb" +
        "1d4aa555925494fb400a7dd6627ea38dcf6246bf7236df1abc2d6d0ba996d245ccbfd73f25d4f00a7ff2b0e71b935d9d6f81297f5a6c9c99a321fa479597c78b" +
        "389320600376bbb9a3df1b16162a18915f1835c5174af69d87b37f5f2e8aadbaec08caac39bda4a011dab18b517bfa2e3ec31a991e5d93fb69a6288d374f3f9a" +
        "9ae6d76b51c996c8204f709e50b90ae3a54a529d125eecbda266069d854c18bfd744a6c3ef717f6d18ce855b02e412064d4ef2acbdbbb04bf57b212c331b766e";

    private static readonly byte[] s_message = "what was signed"u8.ToArray();

    private static byte[] Hash => SHA256.HashData(s_message);

    [Fact]
    public void Verify_SignatureByOpenSsl_IsGood()
    {
        RsaPublicKey key = RsaPublicKey.Create(Convert.FromHexString(OpenSslModulus))!;

        Assert.True(key.Verify(SHA256.HashData("HyperCore"u8), Convert.FromHexString(OpenSslSignature)));
        Assert.False(key.Verify(SHA256.HashData("HyperC0re"u8), Convert.FromHexString(OpenSslSignature)));
    }

    [Theory]
    [InlineData(3072)]
    [InlineData(4096)]
    public void Verify_SignatureByDotNet_IsGood(int bits)
    {
        RSA key = TestKeys.Of(bits);
        RsaPublicKey trusted = TestKeys.Public(key);
        Gen.Byte.Array[0, 200].Sample(message => Assert.True(trusted.Verify(SHA256.HashData(message), TestKeys.Sign(key, message))), iter: 40);
    }

    [Theory]
    [InlineData(3072)]
    [InlineData(4096)]
    public void Verify_AnyBitTurned_IsRefused(int bits)
    {
        byte[] good = TestKeys.Sign(TestKeys.Of(bits), s_message);
        RsaPublicKey trusted = TestKeys.Public(TestKeys.Of(bits));
        Gen.Int[0, (good.Length * 8) - 1].Sample(bit =>
        {
            byte[] bad = (byte[])good.Clone();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(trusted.Verify(Hash, bad));
        });
    }

    [Fact]
    public void Verify_AnyBytes_AreRefusedAsDotNetRefusesThem()
    {
        RSA key = TestKeys.Of(3072);
        RsaPublicKey trusted = TestKeys.Public(key);
        Gen.Byte.Array[384].Sample(bytes =>
        {
            Assert.False(trusted.Verify(Hash, bytes));
            Assert.False(key.VerifyHash(Hash, bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        });
    }

    [Fact]
    public void Verify_AnyLength_IsRefused()
    {
        byte[] good = TestKeys.Sign(TestKeys.Of(3072), s_message);
        RsaPublicKey trusted = TestKeys.Public(TestKeys.Of(3072));
        Gen.Int[0, 600].Where(length => length != good.Length).Sample(length =>
        {
            byte[] other = new byte[length];
            good.AsSpan(0, Math.Min(length, good.Length)).CopyTo(other);
            Assert.False(trusted.Verify(Hash, other));
        });
        Assert.False(trusted.Verify(Hash.AsSpan(0, 31), good));
        Assert.False(trusted.Verify(SHA384.HashData(s_message), good));
    }

    [Fact]
    public void Verify_SignatureNotBelowTheModulus_IsRefused()
    {
        RSA key = TestKeys.Of(3072);
        byte[] modulus = key.ExportParameters(false).Modulus!;

        // s + n is the same number modulo n; there is room for it now and then.
        for (int i = 0; i < 200; i++)
        {
            byte[] message = BitConverter.GetBytes(i);
            BigInteger sum = Number(TestKeys.Sign(key, message)) + Number(modulus);
            if (sum.GetByteCount(isUnsigned: true) == modulus.Length)
            {
                byte[] forged = sum.ToByteArray(isUnsigned: true, isBigEndian: true);
                Assert.False(TestKeys.Public(key).Verify(SHA256.HashData(message), forged));
                return;
            }
        }
    }

    [Fact]
    public void Verify_SmallNumbersAndTheModulus_AreRefused()
    {
        RSA key = TestKeys.Of(3072);
        RsaPublicKey trusted = TestKeys.Public(key);
        byte[] modulus = key.ExportParameters(false).Modulus!;
        Assert.False(trusted.Verify(Hash, new byte[modulus.Length]));
        Assert.False(trusted.Verify(Hash, Padded(1, modulus.Length)));
        Assert.False(trusted.Verify(Hash, Padded(Number(modulus) - 1, modulus.Length)));
        Assert.False(trusted.Verify(Hash, modulus));
        byte[] ones = new byte[modulus.Length];
        ones.AsSpan().Fill(0xFF);
        Assert.False(trusted.Verify(Hash, ones));
    }

    // What a lax parser takes: fewer FF bytes with something behind the hash, another hash algorithm, no algorithm parameters, block type 2.
    [Fact]
    public void Verify_EncodingsThatAreAlmostRight_AreRefused()
    {
        RSA key = TestKeys.Of(3072);
        RsaPublicKey trusted = TestKeys.Public(key);
        byte[] right = Encoding(384, 384 - 3 - 51, "3031300d060960864801650304020105000420");
        Assert.True(trusted.Verify(Hash, SignRaw(key, right)));

        byte[] blockType2 = (byte[])right.Clone();
        blockType2[1] = 2;
        Assert.False(trusted.Verify(Hash, SignRaw(key, blockType2)));
        byte[] firstByte = (byte[])right.Clone();
        firstByte[2] = 0xFE;
        Assert.False(trusted.Verify(Hash, SignRaw(key, firstByte)));
        Assert.False(trusted.Verify(Hash, SignRaw(key, Encoding(384, 8, "3031300d060960864801650304020105000420"))));
        Assert.False(trusted.Verify(Hash, SignRaw(key, Encoding(384, 384 - 3 - 49, "302f300b0609608648016503040201" + "0420"))));
        Assert.False(trusted.Verify(Hash, SignRaw(key, Encoding(384, 384 - 3 - 51, "3031300d060960864801650304020205000420"))));
    }

    [Fact]
    public void Verify_SignatureByAnotherKey_IsRefused()
    {
        using RSA other = RSA.Create(3072);
        Assert.False(TestKeys.Public(TestKeys.Of(3072)).Verify(Hash, TestKeys.Sign(other, s_message)));
        Assert.False(TestKeys.Public(other).Verify(Hash, TestKeys.Sign(TestKeys.Of(3072), s_message)));
    }

    [Fact]
    public void Verify_PssSignature_IsRefused()
    {
        RSA key = TestKeys.Of(3072);
        Assert.False(TestKeys.Public(key).Verify(Hash, key.SignData(s_message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(383)]
    [InlineData(385)]
    [InlineData(1024)]
    public void Create_OtherLengths_IsNone(int length)
    {
        byte[] modulus = new byte[length];
        modulus.AsSpan().Fill(0xFF);
        Assert.Null(RsaPublicKey.Create(modulus));
    }

    [Fact]
    public void Create_EvenOrShort_IsNone()
    {
        byte[] modulus = TestKeys.Of(3072).ExportParameters(false).Modulus!;
        modulus[^1] ^= 1;
        Assert.Null(RsaPublicKey.Create(modulus));
        modulus[^1] ^= 1;
        modulus[0] &= 0x7F;
        Assert.Null(RsaPublicKey.Create(modulus));
    }

    // 00 01, so many FF bytes, 00, a prefix, the hash, zeros to the end.
    private static byte[] Encoding(int length, int padding, string prefix)
    {
        byte[] message = new byte[length];
        message[1] = 1;
        message.AsSpan(2, padding).Fill(0xFF);
        byte[] info = [.. Convert.FromHexString(prefix), .. Hash];
        info.CopyTo(message.AsSpan(3 + padding));
        return message;
    }

    private static byte[] SignRaw(RSA key, byte[] message)
    {
        RSAParameters parameters = key.ExportParameters(true);
        return Padded(BigInteger.ModPow(Number(message), Number(parameters.D!), Number(parameters.Modulus!)), message.Length);
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Padded(BigInteger number, int length)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[length];
        bytes.CopyTo(padded.AsSpan(length - bytes.Length));
        return padded;
    }
}
