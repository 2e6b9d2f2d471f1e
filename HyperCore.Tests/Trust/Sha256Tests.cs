using System;
using System.Diagnostics;
using System.Text;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;
using Xunit.Abstractions;
using Reference = System.Security.Cryptography.SHA256;

namespace HyperCore.Tests.Trust;

public class Sha256Tests(ITestOutputHelper output)
{
    // FIPS 180-4's examples, and the million letters of its test suite.
    [Theory]
    [InlineData("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")]
    public void Hash_Examples(string text, int times, string expected)
    {
        var sha = new Sha256();
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int i = 0; i < times; i++)
        {
            sha.Append(bytes);
        }

        byte[] hash = new byte[Sha256.HashBytes];
        sha.Finish(hash);
        Assert.Equal(expected, HexText.Format(hash));
    }

    [Fact]
    public void Hash_EveryLengthUpToFiveBlocks_IsDotNets()
    {
        byte[] bytes = new byte[320];
        new Random(1).NextBytes(bytes);
        byte[] hash = new byte[Sha256.HashBytes];
        for (int length = 0; length <= bytes.Length; length++)
        {
            Sha256.Hash(bytes.AsSpan(0, length), hash);
            Assert.Equal(Reference.HashData(bytes.AsSpan(0, length)), hash);
        }
    }

    [Fact]
    public void Append_PiecesOfAnySize_AreTheWhole() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[0, 150].Array[0, 40]).Sample((bytes, pieces) =>
        {
            var sha = new Sha256();
            ReadOnlySpan<byte> rest = bytes;
            foreach (int piece in pieces)
            {
                int length = Math.Min(piece, rest.Length);
                sha.Append(rest.Slice(0, length));
                rest = rest.Slice(length);
            }

            sha.Append(rest);
            byte[] hash = new byte[Sha256.HashBytes];
            sha.Finish(hash);
            Assert.Equal(Reference.HashData(bytes), hash);
        });

    [Fact]
    public void Finish_Twice_StartsAnew()
    {
        var sha = new Sha256();
        sha.Append("first"u8);
        byte[] hash = new byte[Sha256.HashBytes];
        sha.Finish(hash);
        sha.Append("abc"u8);
        sha.Finish(hash);
        Assert.Equal(Reference.HashData("abc"u8), hash);
    }

    [Fact]
    public void Hash_SixteenMebibytes_IsDotNets()
    {
        byte[] bytes = new byte[16 << 20];
        new Random(2).NextBytes(bytes);
        byte[] hash = new byte[Sha256.HashBytes];
        var watch = Stopwatch.StartNew();
        Sha256.Hash(bytes, hash);
        output.WriteLine($"{bytes.Length / 1e6 / watch.Elapsed.TotalSeconds:0} MB/s");
        Assert.Equal(Reference.HashData(bytes), hash);
    }
}
