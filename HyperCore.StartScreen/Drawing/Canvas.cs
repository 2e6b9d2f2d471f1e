using System;
using HyperCore.Core.Console;

namespace HyperCore.StartScreen.Drawing;

/// <summary>A picture in memory, 0xRRGGBB a pixel, and what can be drawn into it. Whatever lies outside is left out.</summary>
internal sealed class Canvas
{
    private readonly uint[] _pixels;

    /// <summary>Creates a black picture.</summary>
    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        _pixels = new uint[width * height];
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All pixels, a row after the other.</summary>
    public ReadOnlySpan<uint> Pixels => _pixels;

    /// <summary>A pixel.</summary>
    public uint this[int x, int y] => _pixels[(y * Width) + x];

    /// <summary>Fills the picture with a colour that changes from top to bottom.</summary>
    public void Gradient(uint top, uint bottom)
    {
        for (int y = 0; y < Height; y++)
        {
            _pixels.AsSpan(y * Width, Width).Fill(Mix(top, bottom, y * 256 / Height));
        }
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(Rectangle area, uint colour)
    {
        int left = Math.Clamp(area.Left, 0, Width);
        int right = Math.Clamp(area.Right, left, Width);
        for (int y = Math.Max(area.Top, 0); y < Math.Min(area.Bottom, Height); y++)
        {
            _pixels.AsSpan((y * Width) + left, right - left).Fill(colour);
        }
    }

    /// <summary>Fills a rectangle with round corners.</summary>
    public void FillRound(Rectangle area, int radius, uint colour)
    {
        Fill(new Rectangle(area.Left, area.Top + radius, area.Width, area.Height - (2 * radius)), colour);
        Fill(new Rectangle(area.Left + radius, area.Top, area.Width - (2 * radius), radius), colour);
        Fill(new Rectangle(area.Left + radius, area.Bottom - radius, area.Width - (2 * radius), radius), colour);
        Corner(area.Left, area.Top, area.Left + radius, area.Top + radius, radius, colour);
        Corner(area.Right - radius, area.Top, area.Right - radius, area.Top + radius, radius, colour);
        Corner(area.Left, area.Bottom - radius, area.Left + radius, area.Bottom - radius, radius, colour);
        Corner(area.Right - radius, area.Bottom - radius, area.Right - radius, area.Bottom - radius, radius, colour);
    }

    /// <summary>Draws a ring; a disc when it is as thick as its radius.</summary>
    public void Ring(float x, float y, float radius, float thickness, uint colour)
    {
        for (int row = (int)(y - radius) - 1; row <= y + radius + 1; row++)
        {
            for (int column = (int)(x - radius) - 1; column <= x + radius + 1; column++)
            {
                float distance = Length(column + 0.5f - x, row + 0.5f - y);
                Blend(column, row, colour, Math.Min(radius - distance, distance - (radius - thickness)) + 0.5f);
            }
        }
    }

    /// <summary>Draws an upright ellipse's outline.</summary>
    public void Ellipse(float x, float y, float radiusX, float radiusY, float thickness, uint colour)
    {
        for (int row = (int)(y - radiusY) - 1; row <= y + radiusY + 1; row++)
        {
            for (int column = (int)(x - radiusX) - 1; column <= x + radiusX + 1; column++)
            {
                float dx = (column + 0.5f - x) / radiusX;
                float dy = (row + 0.5f - y) / radiusY;
                float value = Length(dx, dy);

                // The distance from the outline: how far the value is from 1, over how fast it changes there.
                float slope = Length(dx / radiusX, dy / radiusY) / Math.Max(value, 0.01f);
                Blend(column, row, colour, (thickness / 2) - (Math.Abs(value - 1) / Math.Max(slope, 0.001f)) + 0.5f);
            }
        }
    }

    /// <summary>Draws a line with round ends.</summary>
    public void Line(float x1, float y1, float x2, float y2, float thickness, uint colour)
    {
        float dx = x2 - x1;
        float dy = y2 - y1;
        float square = Math.Max((dx * dx) + (dy * dy), 0.001f);
        float half = thickness / 2;
        for (int row = (int)(Math.Min(y1, y2) - half) - 1; row <= Math.Max(y1, y2) + half + 1; row++)
        {
            for (int column = (int)(Math.Min(x1, x2) - half) - 1; column <= Math.Max(x1, x2) + half + 1; column++)
            {
                float px = column + 0.5f - x1;
                float py = row + 0.5f - y1;
                float along = Math.Clamp(((px * dx) + (py * dy)) / square, 0, 1);
                Blend(column, row, colour, half - Length(px - (along * dx), py - (along * dy)) + 0.5f);
            }
        }
    }

    /// <summary>Writes text.</summary>
    /// <returns>The column behind it.</returns>
    public int Text(int x, int y, ReadOnlySpan<char> text, FontFace font, uint colour, int scale = 1)
    {
        foreach (char character in text)
        {
            Glyph(x, y, font.GetGlyph(character), font, colour, scale);
            x += font.Width * scale;
        }

        return x;
    }

    /// <summary>Draws the mouse pointer.</summary>
    public void Pointer(int x, int y)
    {
        for (int row = 0; row < 20; row++)
        {
            int length = row < 14 ? row + 1 : 14 - ((row - 13) * 3);
            for (int i = 0; i < length && length > 0; i++)
            {
                bool rim = i == 0 || i >= length - 2 || row == 13;
                Blend(x + i, y + row, rim ? 0x101820 : Theme.Bright, 1);
            }
        }
    }

    /// <summary>A colour between two: 0 is the first, 256 the second.</summary>
    public static uint Mix(uint from, uint to, int share)
    {
        uint result = 0;
        for (int shift = 0; shift < 24; shift += 8)
        {
            int a = (int)(from >> shift) & 0xFF;
            int b = (int)(to >> shift) & 0xFF;
            result |= (uint)(a + ((b - a) * share / 256)) << shift;
        }

        return result;
    }

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));

    private void Glyph(int x, int y, ReadOnlySpan<byte> glyph, FontFace font, uint colour, int scale)
    {
        for (int row = 0; row < font.Height; row++)
        {
            for (int column = 0; column < font.Width; column++)
            {
                int bits = glyph[(row * font.BytesPerRow) + (column >> 3)];
                if ((bits & (0x80 >> (column & 7))) != 0)
                {
                    Fill(new Rectangle(x + (column * scale), y + (row * scale), scale, scale), colour);
                }
            }
        }
    }

    private void Corner(int left, int top, float x, float y, int radius, uint colour)
    {
        for (int row = top; row < top + radius; row++)
        {
            for (int column = left; column < left + radius; column++)
            {
                Blend(column, row, colour, radius - Length(column + 0.5f - x, row + 0.5f - y) + 0.5f);
            }
        }
    }

    private void Blend(int x, int y, uint colour, float coverage)
    {
        if (coverage > 0 && (uint)x < (uint)Width && (uint)y < (uint)Height)
        {
            ref uint pixel = ref _pixels[(y * Width) + x];
            pixel = coverage >= 1 ? colour : Mix(pixel, colour, (int)(coverage * 256));
        }
    }
}
