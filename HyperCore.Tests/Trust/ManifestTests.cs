using System;
using System.Linq;
using System.Text;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class ManifestTests
{
    private const string Header = "hypercore-manifest 1\n";
    private const string Digits = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void Parse_Lines_AreFoundInAnySpelling()
    {
        Manifest manifest = Parse(Line("3", @"\EFI\HyperCore\vmlinuz") + Line("0", @"\EFI\Fässer und Tröge\x y"))!;

        Assert.Equal(2, manifest.Count);
        Assert.True(manifest.TryFind("/efi/HYPERCORE/vmlinuz", out ManifestEntry entry));
        Assert.Equal(3ul, entry.Size);
        Assert.Equal(Digits, Encoding.ASCII.GetString(entry.Hash));
        Assert.True(manifest.TryFind(@"\EFI\Fässer und Tröge\x y", out _));
        Assert.False(manifest.TryFind(@"\EFI\HyperCore\vmlinu", out _));
        Assert.False(manifest.TryFind(@"\EFI\HyperCore\vmlinuz2", out _));
        Assert.False(manifest.TryFind(new string('x', 4000), out _));
    }

    [Fact]
    public void Parse_NoFiles_IsGood() => Assert.Equal(0, Parse("")!.Count);

    [Theory]
    [InlineData("")]
    [InlineData("hypercore-manifest 1")]
    [InlineData("hypercore-manifest 1\r\n")]
    [InlineData("hypercore-manifest 2\n")]
    [InlineData("\ufeffhypercore-manifest 1\n")]
    public void Parse_OtherHeader_IsLineOne(string text)
    {
        Assert.Null(Manifest.Parse(Encoding.UTF8.GetBytes(text), out int line));
        Assert.Equal(1, line);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData(Digits + "  3  \\a")]
    [InlineData(Digits + " 3  \\a\n")]
    [InlineData(Digits + "  3 \\a\n")]
    [InlineData(Digits + "  3   \\a\n")]
    [InlineData(Digits + "  03  \\a\n")]
    [InlineData(Digits + "  -3  \\a\n")]
    [InlineData(Digits + "    \\a\n")]
    [InlineData(Digits + "  99999999999999999999  \\a\n")]
    [InlineData(Digits + "  3  a\n")]
    [InlineData(Digits + "  3  \\\n")]
    [InlineData(Digits + "  3  /a\n")]
    [InlineData(Digits + "  3  \\a\r\n")]
    [InlineData(Digits + "  3  \\a\tb\n")]
    [InlineData(" " + Digits + "  3  \\a\n")]
    [InlineData("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  3  \\a\n")]
    [InlineData("a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  3  \\a\n")]
    [InlineData(Digits + "  3  \\a\n" + Digits + "  3  \\A\n")]
    public void Parse_LineThatIsNotRight_IsNamed(string lines)
    {
        Assert.Null(Manifest.Parse(Encoding.UTF8.GetBytes(Header + Line("1", @"\first") + lines), out int line));
        Assert.Equal(lines.Count(c => c == '\n') == 2 ? 4 : 3, line);
    }

    [Fact]
    public void Parse_LongPath_IsRefused()
    {
        Assert.NotNull(Parse(Line("1", @"\" + new string('ü', 254))));
        Assert.Null(Parse(Line("1", @"\" + new string('ü', 255))));
    }

    [Fact]
    public void Parse_NotUtf8_IsRefused()
    {
        byte[] text = Encoding.Latin1.GetBytes(Header + Line("1", @"\ü"));
        Assert.Null(Manifest.Parse(text, out _));
    }

    [Fact]
    public void Parse_TooLong_IsRefused()
    {
        Assert.Null(Manifest.Parse(new byte[Manifest.MaxBytes + 1], out int line));
        Assert.Equal(0, line);
    }

    [Fact]
    public void Parse_AnyPaths_AreFoundWithTheirSizes() =>
        Gen.Select(Gen.String[Gen.Char["abXY .\\ä"], 1, 20].Array[0, 12], Gen.ULong[0, 1ul << 40]).Sample((names, size) =>
        {
            string[] paths = [.. names.Select((name, i) => $@"\{i}{name}").Distinct(StringComparer.OrdinalIgnoreCase)];
            Manifest manifest = Parse(string.Concat(paths.Select((path, i) => Line((size + (ulong)i).ToString(), path))))!;
            Assert.Equal(paths.Length, manifest.Count);
            for (int i = 0; i < paths.Length; i++)
            {
                Assert.True(manifest.TryFind(paths[i].Replace('\\', '/'), out ManifestEntry entry));
                Assert.Equal(size + (ulong)i, entry.Size);
            }
        });

    [Fact]
    public void Parse_AnyBytes_EndsWell() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 200]).Sample((noise, at) =>
        {
            byte[] text = Encoding.UTF8.GetBytes(Header + Line("12", @"\EFI\a") + Line("13", @"\EFI\b"));
            noise.AsSpan(0, Math.Min(noise.Length, text.Length - Math.Min(at, text.Length))).CopyTo(text.AsSpan(Math.Min(at, text.Length)));
            Manifest.Parse(text, out _)?.TryFind(@"\EFI\b", out _);
        });

    private static string Line(string size, string path) => $"{Digits}  {size}  {path}\n";

    private static Manifest? Parse(string lines) => Manifest.Parse(Encoding.UTF8.GetBytes(Header + lines), out _);
}
