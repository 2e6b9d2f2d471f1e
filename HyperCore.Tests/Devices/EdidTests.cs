using System.Linq;
using System.Text;
using HyperCore.Core.Devices;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class EdidTests
{
    [Theory]
    [InlineData(1280, 800, 1280, 800)]
    [InlineData(1920, 1080, 1920, 1080)]
    [InlineData(800, 600, 800, 600)]
    [InlineData(3840, 2160, 3840, 2160)]
    [InlineData(1366, 768, 1366, 768)]
    [InlineData(7680, 4320, 4094, 4095)] // does not fit into 12 bits
    public void Write_AnySize_DecodesToThatSize(uint width, uint height, int expectedWidth, int expectedHeight)
    {
        byte[] edid = new byte[Edid.Length];
        Edid.Write(edid, width, height);

        Assert.Equal(new byte[] { 0, 255, 255, 255, 255, 255, 255, 0 }, edid[..8]);
        Assert.Equal(0, edid.Aggregate(0, (sum, value) => (sum + value) & 0xFF));
        Assert.Equal((1, 4), (edid[18], edid[19]));
        Assert.Equal("HYC", Manufacturer(edid));
        Assert.Equal(0, edid[126]);

        byte[] timing = edid[54..72];
        int clock = timing[0] | (timing[1] << 8);
        int active = timing[2] | ((timing[4] & 0xF0) << 4);
        int blank = timing[3] | ((timing[4] & 0x0F) << 8);
        int lines = timing[5] | ((timing[7] & 0xF0) << 4);
        int dark = timing[6] | ((timing[7] & 0x0F) << 8);
        int front = timing[8] | ((timing[11] & 0xC0) << 2);
        int sync = timing[9] | ((timing[11] & 0x30) << 4);
        int verticalFront = (timing[10] >> 4) | ((timing[11] & 0x0C) << 2);
        int verticalSync = (timing[10] & 0x0F) | ((timing[11] & 0x03) << 4);
        Assert.Equal((expectedWidth, expectedHeight), (active, lines));
        Assert.True(front + sync < blank);
        Assert.True(verticalFront + verticalSync < dark);
        double refresh = clock * 10_000.0 / ((active + blank) * (lines + dark));
        Assert.InRange(refresh, 29, 60.5);
        Assert.True(expectedWidth > 3000 || refresh > 59.5);
        Assert.True(dark * 1_000_000.0 / (refresh * (lines + dark)) >= 460);

        string[] texts = [.. new[] { 90 }.Select(at => Encoding.ASCII.GetString(edid, at + 5, 13))];
        Assert.Equal("HyperCore\n   ", texts[0]);
        Assert.Equal(0xFD, edid[75]);
        Assert.Equal(0xFC, edid[93]);
        Assert.Equal(0x10, edid[111]);
    }

    private static string Manufacturer(byte[] edid)
    {
        int value = (edid[8] << 8) | edid[9];
        return new string([(char)('@' + (value >> 10)), (char)('@' + ((value >> 5) & 31)), (char)('@' + (value & 31))]);
    }
}
