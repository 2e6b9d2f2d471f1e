using System;

namespace HyperCore.Core.Console;

/// <summary>
/// Shows a <see cref="TextScreen"/> on a terminal behind a serial line, and keeps the log readable on the same line: while the screen is
/// shown, log lines scroll in the terminal lines below it (DECSTBM), while it is not, they are plain lines. A screen of 80x20 leaves four
/// lines to the log on a terminal of 80x24.
/// </summary>
public sealed class AnsiMirror
{
    private const int Unknown = -1;

    private readonly TerminalWriter _writer;
    private readonly int _terminalRows;
    private TextScreen? _screen;
    private int _column;
    private int _row;
    private int _foreground;
    private int _background;

    /// <summary>Creates a mirror that shows nothing yet.</summary>
    /// <param name="sink">Where the bytes go.</param>
    /// <param name="utf8">The terminal shows UTF-8; else it gets ASCII only.</param>
    /// <param name="terminalRows">Lines the terminal has at least.</param>
    public AnsiMirror(ByteSink sink, bool utf8 = true, int terminalRows = 24)
    {
        _writer = new TerminalWriter(sink, utf8);
        _terminalRows = terminalRows;
    }

    /// <summary>A screen is shown.</summary>
    public bool IsOpen => _screen != null;

    /// <summary>Clears the terminal and shows a screen; what it shows from now on is drawn with <see cref="Draw"/>.</summary>
    public void Open(TextScreen screen)
    {
        _screen = screen;
        Redraw();
    }

    /// <summary>Clears the terminal and shows everything anew: another terminal may be there now.</summary>
    public void Redraw()
    {
        if (_screen == null)
        {
            return;
        }

        // Attributes off, no scroll region, cursor hidden, all erased; then the region for the log.
        _writer.Bytes("\e[0m\e[r\e[?25l\e[2J"u8);
        if (_screen.Rows < _terminalRows)
        {
            _writer.Bytes("\e["u8);
            _writer.Number(_screen.Rows + 1);
            _writer.Byte((byte)';');
            _writer.Number(_terminalRows);
            _writer.Byte((byte)'r');
        }

        Forget();
        _screen.Invalidate();
        Draw();
    }

    /// <summary>Sends the cells that look different from what the terminal shows.</summary>
    public void Draw()
    {
        TextScreen? screen = _screen;
        if (screen == null)
        {
            return;
        }

        for (int row = 0; row < screen.Rows; row++)
        {
            int start = row * screen.Columns;
            for (int column = 0; column < screen.Columns; column++)
            {
                if (screen.Take(start + column, out Cell cell))
                {
                    MoveTo(column, row, screen);
                    Put(cell, screen.Columns);
                }
            }
        }

        _writer.Flush();
    }

    /// <summary>Gives the terminal back: the next line is written below the screen, as on any terminal.</summary>
    public void Close()
    {
        if (_screen == null)
        {
            return;
        }

        _screen = null;
        _writer.Bytes("\e[0m\e[r\e["u8);
        _writer.Number(_terminalRows);
        _writer.Bytes(";1H\e[?25h\r\n"u8);
        _writer.Flush();
    }

    /// <summary>Writes a line of the log, complete in one piece between line ends whether a screen is shown or not.</summary>
    public void WriteLine(ReadOnlySpan<char> line)
    {
        if (_screen != null)
        {
            // The last line of the scroll region is kept blank for the next line to go.
            _writer.Bytes("\e[0m\e["u8);
            _writer.Number(_terminalRows);
            _writer.Bytes(";1H\r\n"u8);
            Forget();
        }

        for (int i = 0; i < line.Length; i++)
        {
            _writer.Character(line[i]);
        }

        _writer.Bytes(_screen != null ? "\e[K\r\n"u8 : "\r\n"u8);
        _writer.Flush();
    }

    private void Forget()
    {
        _column = Unknown;
        _row = Unknown;
        _foreground = Unknown;
        _background = Unknown;
    }

    private void MoveTo(int column, int row, TextScreen screen)
    {
        if (row == _row && column == _column)
        {
            return;
        }

        // Up to four cells in between are cheaper sent again than jumped over, when they are in the same colours.
        if (row == _row && _column != Unknown && column > _column && column - _column <= 4 && AreAlike(_column, column, row, screen))
        {
            for (int i = _column; i < column; i++)
            {
                _writer.Character(screen[i, row].Character);
            }

            _column = column;
            return;
        }

        _writer.Bytes("\e["u8);
        _writer.Number(row + 1);
        if (column > 0)
        {
            _writer.Byte((byte)';');
            _writer.Number(column + 1);
        }

        _writer.Byte((byte)'H');
        _column = column;
        _row = row;
    }

    private bool AreAlike(int from, int to, int row, TextScreen screen)
    {
        for (int i = from; i < to; i++)
        {
            Cell cell = screen[i, row];
            if (Palette.ToForegroundGraphic(cell.Foreground) != _foreground || Palette.ToBackgroundGraphic(cell.Background) != _background)
            {
                return false;
            }
        }

        return true;
    }

    private void Put(Cell cell, int columns)
    {
        int foreground = Palette.ToForegroundGraphic(cell.Foreground);
        int background = Palette.ToBackgroundGraphic(cell.Background);
        bool blank = cell.Character == ' ';
        if (background != _background || (foreground != _foreground && !blank))
        {
            _writer.Bytes("\e["u8);
            bool both = foreground != _foreground && !blank && background != _background;
            if (foreground != _foreground && !blank)
            {
                _writer.Number(foreground);
                _foreground = foreground;
            }

            if (both)
            {
                _writer.Byte((byte)';');
            }

            if (background != _background)
            {
                _writer.Number(background);
                _background = background;
            }

            _writer.Byte((byte)'m');
        }

        _writer.Character(cell.Character);

        // After the last column terminals differ in where the cursor is.
        _column = _column + 1 == columns ? Unknown : _column + 1;
    }
}
