using System.Text;
using CsCheck;
using HyperCore.Core.Config;
using Xunit;

namespace HyperCore.Tests.Config;

public sealed class Utf8TextTests
{
    [Fact]
    public void Encode_AnyString_AgreesWithTheFramework()
    {
        Gen.String.Sample(text =>
        {
            byte[] expected = Encoding.UTF8.GetBytes(text.Replace("\0", ""));
            string clean = Encoding.UTF8.GetString(expected);
            if (clean.Contains('\uFFFD'))
            {
                return; // lone surrogates have no one answer
            }

            byte[] actual = new byte[Utf8Text.CountBytes(clean)];
            Assert.Equal(actual.Length, Utf8Text.Encode(clean, actual));
            Assert.Equal(expected, actual);
        });
    }

    [Fact]
    public void TryDecode_AnyBytes_AgreesWithTheFramework()
    {
        Gen.Byte.Array[1, 4].Sample(
            bytes =>
            {
                bool good = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
                Assert.Equal(good, Utf8Text.TryDecode(bytes, out int codePoint, out int used));
                if (good)
                {
                    Assert.Equal(rune.Value, codePoint);
                    Assert.Equal(length, used);
                }
                else
                {
                    Assert.Equal(1, used);
                }
            },
            iter: 50_000);
    }

    [Fact]
    public void TryDecode_MultiByteCharacters_AreRead()
    {
        foreach (string text in new[] { "é", "€", "\U0001F600" })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Assert.True(Utf8Text.TryDecode(bytes, out int codePoint, out int used));
            Assert.Equal(char.ConvertToUtf32(text, 0), codePoint);
            Assert.Equal(bytes.Length, used);
        }
    }
}
