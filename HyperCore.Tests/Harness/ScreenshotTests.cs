using System;
using System.IO;
using Xunit;

namespace HyperCore.Tests.Harness;

public class ScreenshotTests
{
    private static byte[] Ppm => [.. "P6\n2 2\n255\n"u8, 0, 0, 0, 255, 0, 0, 0, 255, 0, 1, 2, 3];

    [Fact]
    public void ParsePpm_TwoByTwo_HasItsPixels()
    {
        Screenshot picture = Screenshot.ParsePpm(Ppm);

        Assert.Equal((2, 2), (picture.Width, picture.Height));
        Assert.Equal(0xFF0000, picture[1, 0]);
        Assert.Equal(0x010203, picture[1, 1]);
        Assert.Equal(4, picture.CountColours());
        Assert.Equal(0.75, picture.ShareNotBlack());
        Assert.Equal(0, picture.ShareDifferent(Screenshot.ParsePpm(Ppm)));
    }

    [Fact]
    public void ParsePpm_TooShort_IsRefused() => Assert.Throws<InvalidDataException>(() => Screenshot.ParsePpm(Ppm.AsSpan(0, 20)));

    [Fact]
    public void SavePng_AnyPicture_EndsWithTheFormatsOwnCrc()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "picture.png");
        Screenshot.ParsePpm(Ppm).SavePng(path);

        byte[] file = File.ReadAllBytes(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.Equal((byte[])[0x89, .. "PNG\r\n"u8], file[..6]);

        // The CRC of an empty IEND chunk is the same in every PNG.
        Assert.Equal((byte[])[0xAE, 0x42, 0x60, 0x82], file[^4..]);
    }
}
