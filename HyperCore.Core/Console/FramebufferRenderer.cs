using System;

namespace HyperCore.Core.Console;

/// <summary>
/// Shows a <see cref="TextScreen"/> on a framebuffer. Video memory is only written, never read: reading it is slow. The font is chosen so
/// that a line has about 160 characters whatever the resolution, and the grid is centred.
/// </summary>
public sealed unsafe class FramebufferRenderer
{
    // The most pixels a line of a character has: 16, four times.
    private const int MaxLine = 64;

    private readonly Framebuffer _framebuffer;
    private readonly FontFace _font;
    private readonly int _scale;
    private readonly int _left;
    private readonly int _top;
    private readonly uint[] _pixels = new uint[Palette.Count];
    private readonly uint[] _line = new uint[MaxLine];

    /// <summary>Prepares to draw on a framebuffer; nothing is drawn yet.</summary>
    public FramebufferRenderer(Framebuffer framebuffer)
    {
        _framebuffer = framebuffer;
        (_font, _scale) = ChooseFont(framebuffer.Width);
        Columns = framebuffer.Width / (_font.Width * _scale);
        Rows = framebuffer.Height / (_font.Height * _scale);
        _left = (framebuffer.Width - (Columns * _font.Width * _scale)) / 2;
        _top = (framebuffer.Height - (Rows * _font.Height * _scale)) / 2;
        for (int i = 0; i < _pixels.Length; i++)
        {
            _pixels[i] = framebuffer.Format.ToPixel((Color)i);
        }
    }

    /// <summary>Characters that fit in a line.</summary>
    public int Columns { get; }

    /// <summary>Lines of characters that fit.</summary>
    public int Rows { get; }

    /// <summary>Pixels a character is wide on the screen.</summary>
    public int CellWidth => _font.Width * _scale;

    /// <summary>Pixels a character is high on the screen.</summary>
    public int CellHeight => _font.Height * _scale;

    /// <summary>Creates a screen of the right size.</summary>
    public TextScreen CreateScreen() => new(Columns, Rows);

    /// <summary>Draws the cells that look different from what is on the display.</summary>
    public void Draw(TextScreen screen)
    {
        int columns = Math.Min(screen.Columns, Columns);
        int rows = Math.Min(screen.Rows, Rows);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (screen.Take((row * screen.Columns) + column, out Cell cell))
                {
                    DrawCell(column, row, cell);
                    if (row == 0 || column == 0 || row == Rows - 1 || column == Columns - 1)
                    {
                        DrawMargin(column, row, _pixels[(int)cell.Background]);
                    }
                }
            }
        }
    }

    /// <summary>Draws everything: the display was used by someone else.</summary>
    public void Redraw(TextScreen screen)
    {
        screen.Invalidate();
        Draw(screen);
    }

    private static (FontFace Font, int Scale) ChooseFont(int width) => width switch
    {
        >= 5120 => (FontFace.CreateLarge(), width >= 7680 ? 3 : 2),
        >= 3840 => (FontFace.CreateMedium(), 2),
        >= 2560 => (FontFace.CreateLarge(), 1),
        >= 1920 => (FontFace.CreateMedium(), 1),
        _ => (FontFace.CreateSmall(), 1),
    };

    /// <summary>Carries the background of a cell at the edge on into the pixels that are too few for a character.</summary>
    private void DrawMargin(int column, int row, uint pixel)
    {
        int left = column == 0 ? 0 : _left + (column * CellWidth);
        int right = column == Columns - 1 ? _framebuffer.Width : _left + ((column + 1) * CellWidth);
        int top = _top + (row * CellHeight);
        int bottom = top + CellHeight;
        if (row == 0)
        {
            FillPixels(left, 0, right - left, top, pixel);
        }

        if (row == Rows - 1)
        {
            FillPixels(left, bottom, right - left, _framebuffer.Height - bottom, pixel);
        }

        if (column == 0)
        {
            FillPixels(0, top, _left, CellHeight, pixel);
        }

        if (column == Columns - 1)
        {
            int end = _left + (Columns * CellWidth);
            FillPixels(end, top, _framebuffer.Width - end, CellHeight, pixel);
        }
    }

    private void FillPixels(int x, int y, int width, int height, uint pixel)
    {
        for (int row = y; row < y + height; row++)
        {
            uint* at = LineAddress(row) + x;
            for (int i = 0; i < width; i++)
            {
                at[i] = pixel;
            }
        }
    }

    private uint* LineAddress(int line) => (uint*)(_framebuffer.Address + ((nint)line * _framebuffer.Stride));

    private void DrawCell(int column, int row, Cell cell)
    {
        ReadOnlySpan<byte> glyph = _font.GetGlyph(cell.Character);
        uint foreground = _pixels[(int)cell.Foreground];
        uint background = _pixels[(int)cell.Background];
        int width = CellWidth;
        int y = _top + (row * CellHeight);
        int x = _left + (column * width);
        int at = 0;
        for (int glyphRow = 0; glyphRow < _font.Height; glyphRow++)
        {
            uint bits = (uint)glyph[at++] << 8;
            if (_font.BytesPerRow == 2)
            {
                bits |= glyph[at++];
            }

            int i = 0;
            for (int pixelIndex = 0; pixelIndex < _font.Width; pixelIndex++)
            {
                uint pixel = (bits & 0x8000) != 0 ? foreground : background;
                bits <<= 1;
                for (int repeat = 0; repeat < _scale; repeat++)
                {
                    _line[i++] = pixel;
                }
            }

            // Two pixels at a time: stores to video memory are what drawing costs. Every cell is an even number of pixels wide.
            fixed (uint* source = _line)
            {
                for (int repeat = 0; repeat < _scale; repeat++)
                {
                    ulong* target = (ulong*)(LineAddress(y++) + x);
                    for (int pair = 0; pair < width / 2; pair++)
                    {
                        target[pair] = ((ulong*)source)[pair];
                    }
                }
            }
        }
    }
}
