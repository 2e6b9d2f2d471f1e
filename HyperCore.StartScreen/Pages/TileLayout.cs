using System;
using HyperCore.StartScreen.Drawing;

namespace HyperCore.StartScreen.Pages;

/// <summary>Places tiles of one size in the middle of the screen: as few rows as the width allows.</summary>
internal sealed class TileLayout
{
    private const int Gap = 24;
    private const int NarrowGap = 12;
    private const int LargestTile = 260;

    private readonly Rectangle[] _tiles;

    /// <summary>Places them.</summary>
    /// <param name="area">Where.</param>
    /// <param name="count">How many.</param>
    /// <param name="smallest">The width that one needs.</param>
    public TileLayout(Rectangle area, int count, int smallest)
    {
        int gap = area.Width >= 900 ? Gap : NarrowGap;
        Columns = Math.Clamp((area.Width + gap) / (smallest + gap), 1, count);
        int rows = (count + Columns - 1) / Columns;
        Columns = (count + rows - 1) / rows;
        int width = Math.Min((area.Width - ((Columns - 1) * gap)) / Columns, LargestTile);
        int height = Math.Min((area.Height - ((rows - 1) * gap)) / rows, width + (width / 6));
        int top = area.Top + ((area.Height - (rows * height) - ((rows - 1) * gap)) / 2);
        _tiles = new Rectangle[count];
        for (int i = 0; i < count; i++)
        {
            int row = i / Columns;
            int inRow = Math.Min(Columns, count - (row * Columns));
            int left = area.Left + ((area.Width - (inRow * width) - ((inRow - 1) * gap)) / 2);
            _tiles[i] = new Rectangle(left + (i % Columns * (width + gap)), top + (row * (height + gap)), width, height);
        }
    }

    /// <summary>Tiles in a full row.</summary>
    public int Columns { get; }

    /// <summary>Where a tile is.</summary>
    public Rectangle this[int index] => _tiles[index];

    /// <summary>The tile at a point; -1 when there is none.</summary>
    public int At(int x, int y) => Array.FindIndex(_tiles, tile => tile.Contains(x, y));
}
