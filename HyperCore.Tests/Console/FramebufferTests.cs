using System;
using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class FramebufferTests
{
    [Theory]
    [InlineData(640, 400, 80, 25, 16)]
    [InlineData(800, 600, 100, 37, 16)]
    [InlineData(1280, 800, 160, 50, 16)]
    [InlineData(1366, 768, 170, 48, 16)]
    [InlineData(1920, 1080, 160, 45, 24)]
    [InlineData(2560, 1440, 160, 45, 32)]
    [InlineData(3840, 2160, 160, 45, 48)]
    [InlineData(5120, 2880, 160, 45, 64)]
    public void FramebufferRenderer_Resolution_GivesAboutTheSameGrid(int width, int height, int columns, int rows, int cellHeight)
    {
        using var display = new FakeDisplay(width, height);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        Assert.Equal((columns, rows, cellHeight), (renderer.Columns, renderer.Rows, renderer.CellHeight));
        renderer.Redraw(renderer.CreateScreen());
        display.AssertEveryPixelDrawn();
        display.AssertGuardsIntact();
    }

    [Fact]
    public void FramebufferRenderer_Glyph_IsDrawnPixelByPixel()
    {
        using var display = new FakeDisplay(640, 400);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        screen.Put(2, 1, '▌', Color.Red, Color.Green);
        renderer.Draw(screen);
        uint red = PixelFormat.Bgrx.ToPixel(Color.Red);
        uint green = PixelFormat.Bgrx.ToPixel(Color.Green);
        for (int y = 16; y < 32; y++)
        {
            Assert.Equal((red, green), (display[19, y], display[20, y]));
        }

        Assert.NotEqual(red, display[15, 20]);
        Assert.NotEqual(green, display[24, 20]);
    }

    [Fact]
    public void FramebufferRenderer_OneCellChanged_OnlyThatIsDrawn()
    {
        using var display = new FakeDisplay(640, 400);
        var renderer = new FramebufferRenderer(display.Framebuffer);
        TextScreen screen = renderer.CreateScreen();
        renderer.Draw(screen);
        display.Fill(1);
        screen.Put(4, 4, 'x', Color.Bright, Color.Background);
        renderer.Draw(screen);
        Assert.Equal((640 * 400) - (8 * 16), display.Count(1));
    }

    [Theory]
    [InlineData(0x1000, 4096000, 1280, 800, 5120, true)]
    [InlineData(0x1000, 4095999, 1280, 800, 5120, false)]
    [InlineData(0x1000, 4096000, 1280, 800, 5116, false)]
    [InlineData(0x1000, 4096000, 1280, 800, 5122, false)]
    [InlineData(0x1002, 4096000, 1280, 800, 5120, false)]
    [InlineData(0, 4096000, 1280, 800, 5120, false)]
    [InlineData(0x1000, 4096000, 320, 200, 1280, false)]
    [InlineData(0x1000, ulong.MaxValue, 1280, int.MaxValue, int.MaxValue - 3, false)]
    public void Framebuffer_Figures_MustGoTogether(int address, ulong size, int width, int height, int stride, bool good) =>
        Assert.Equal(good, Framebuffer.TryCreate(address, size, width, height, stride, PixelFormat.Bgrx, out _));

    [Theory]
    [InlineData(0xFF0000u, 0xFF00u, 0xFFu, true)]
    [InlineData(0xFF00u, 0xFF0000u, 0xFF000000u, true)]
    [InlineData(0xF800u, 0x7E0u, 0x1Fu, false)]
    [InlineData(0u, 0xFF00u, 0xFFu, false)]
    public void PixelFormat_Masks_MustBeBytes(uint red, uint green, uint blue, bool good)
    {
        Assert.Equal(good, PixelFormat.TryCreate(red, green, blue, out PixelFormat format));
        if (good)
        {
            Assert.Equal(red | green | blue, format.ToPixel(Color.Bright));
        }
    }

    [Fact]
    public void FontFace_CharactersOfTheMenu_HaveGlyphs()
    {
        foreach (char c in "●▶■‖✓✗│─┌┐└┘├┤═║░▒▓█▲▼◀▶…–ÄÖÜäöüßéñ¿○◆━↑↓←→▀▄")
        {
            Assert.True(FontFace.HasGlyph(c), $"U+{(int)c:X4}");
        }

        FontFace font = FontFace.CreateSmall();
        Assert.False(FontFace.HasGlyph('漢'));
        Assert.True(font.GetGlyph('漢').SequenceEqual(font.GetGlyph('\uFFFD')));
        Assert.False(font.GetGlyph('A').SequenceEqual(font.GetGlyph('B')));
    }
}
