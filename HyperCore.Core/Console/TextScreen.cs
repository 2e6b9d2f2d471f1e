using System;

namespace HyperCore.Core.Console;

/// <summary>
/// A grid of characters to draw on. A renderer shows it; what it showed last is remembered here, so drawing everything anew costs only the
/// cells that look different. Everything outside the grid is cut off. A screen has one renderer.
/// </summary>
public sealed class TextScreen
{
    private readonly Cell[] _cells;
    private readonly Cell[] _shown;

    /// <summary>Creates an empty screen of which nothing was shown yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive or above 1000.</exception>
    public TextScreen(int columns, int rows)
    {
        if (columns is <= 0 or > 1000 || rows is <= 0 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(columns));
        }

        Columns = columns;
        Rows = rows;
        _cells = new Cell[columns * rows];
        _shown = new Cell[columns * rows];
        Clear(Color.Background);
    }

    /// <summary>Characters in a line.</summary>
    public int Columns { get; }

    /// <summary>Lines.</summary>
    public int Rows { get; }

    /// <summary>The cells as they are to be, line by line.</summary>
    public ReadOnlySpan<Cell> Cells => _cells;

    /// <summary>The cell at a position.</summary>
    public Cell this[int column, int row] => _cells[(row * Columns) + column];

    /// <summary>Makes everything blank.</summary>
    public void Clear(Color background) => _cells.AsSpan().Fill(new Cell(' ', background, background));

    /// <summary>Fills a rectangle with one character.</summary>
    public void Fill(int column, int row, int width, int height, char character, Color foreground, Color background)
    {
        int left = Math.Max(column, 0);
        int right = Math.Min(column + width, Columns);
        int bottom = Math.Min(row + height, Rows);
        if (left >= right)
        {
            return;
        }

        var cell = new Cell(character, foreground, background);
        for (int y = Math.Max(row, 0); y < bottom; y++)
        {
            _cells.AsSpan((y * Columns) + left, right - left).Fill(cell);
        }
    }

    /// <summary>Makes a rectangle blank.</summary>
    public void Fill(int column, int row, int width, int height, Color background) => Fill(column, row, width, height, ' ', background, background);

    /// <summary>Puts one character.</summary>
    public void Put(int column, int row, char character, Color foreground, Color background)
    {
        if ((uint)column < (uint)Columns && (uint)row < (uint)Rows)
        {
            _cells[(row * Columns) + column] = new Cell(character, foreground, background);
        }
    }

    /// <summary>Writes text on one line, on the background that is there. Control characters become blanks.</summary>
    /// <param name="column">Where the first character goes.</param>
    /// <param name="row">The line.</param>
    /// <param name="text">The text.</param>
    /// <param name="foreground">Its colour.</param>
    /// <param name="width">The most columns it may take; text that is longer ends in an ellipsis.</param>
    /// <returns>The column after the text.</returns>
    public int Write(int column, int row, ReadOnlySpan<char> text, Color foreground, int width = int.MaxValue)
    {
        bool cut = text.Length > width;
        int count = cut ? Math.Max(width, 0) : text.Length;
        if ((uint)row < (uint)Rows)
        {
            for (int i = 0; i < count; i++)
            {
                int x = column + i;
                if ((uint)x < (uint)Columns)
                {
                    char character = cut && i == count - 1 ? '…' : text[i] < ' ' ? ' ' : text[i];
                    ref Cell cell = ref _cells[(row * Columns) + x];
                    cell = new Cell(character, foreground, cell.Background);
                }
            }
        }

        return column + count;
    }

    /// <summary>Writes text that ends before <paramref name="right"/>.</summary>
    /// <returns>The column of its first character.</returns>
    public int WriteRight(int right, int row, ReadOnlySpan<char> text, Color foreground)
    {
        Write(right - text.Length, row, text, foreground);
        return right - text.Length;
    }

    /// <summary>Forgets what was shown (a cell of zeroes, which no drawing makes), so that everything is drawn again: the display was used by someone else.</summary>
    public void Invalidate() => _shown.AsSpan().Clear();

    /// <summary>The cell is not on the display as it is to be; the renderer is about to put it there.</summary>
    internal bool Take(int index, out Cell cell)
    {
        cell = _cells[index];
        if (cell == _shown[index])
        {
            return false;
        }

        _shown[index] = cell;
        return true;
    }

    /// <summary>The cell is on the display as it is to be.</summary>
    internal bool IsShown(int index) => _cells[index] == _shown[index];
}
