using System;
using HyperCore.Core.Console;

namespace HyperCore.Core.Menu;

/// <summary>Lines one below the other in a panel that may be too small for them: the rows above and below what is shown are drawn nowhere.</summary>
internal sealed class TextFlow
{
    /// <summary>Columns of a label.</summary>
    public const int LabelWidth = 16;

    private const int Nowhere = -1;

    private readonly TextScreen _screen;
    private int _top;
    private int _bottom;
    private int _first;

    public TextFlow(TextScreen screen) => _screen = screen;

    /// <summary>Lines so far.</summary>
    public int Lines { get; private set; }

    /// <summary>The first column of text.</summary>
    public int Column { get; private set; }

    /// <summary>Columns of text.</summary>
    public int Width { get; private set; }

    /// <summary>Starts again with an empty text.</summary>
    public void Begin(int column, int top, int width, int rows, int first)
    {
        Column = column;
        _top = top;
        Width = width;
        _bottom = top + rows;
        _first = first;
        Lines = 0;
    }

    /// <summary>The row of the next line; one that is not on the screen when it is not shown.</summary>
    public int Next() => RowOf(Lines++);

    /// <summary>The row of a line.</summary>
    public int RowOf(int line)
    {
        int row = _top + line - _first;
        return row >= _top && row < _bottom ? row : Nowhere;
    }

    /// <summary>A blank line, unless it would be the first.</summary>
    public void Gap() => Lines += Lines > 0 ? 1 : 0;

    /// <summary>So many lines were drawn with <see cref="RowOf"/>.</summary>
    public void Skip(int lines) => Lines += lines;

    /// <summary>A title with a blank line before it.</summary>
    public void Heading(string title)
    {
        Gap();
        _screen.Write(Column, Next(), title, Color.Accent, Width);
    }

    /// <summary>A label and its value, which goes on in the next lines when it is too long.</summary>
    public void Line(string label, ReadOnlySpan<char> value, Color color = Color.Text)
    {
        int width = Math.Max(Width - LabelWidth - 2, 1);
        int row = Next();
        _screen.Write(Column + 2, row, label, Color.Dim, LabelWidth - 1);
        while (true)
        {
            int length = Math.Min(value.Length, width);
            _screen.Write(Column + 2 + LabelWidth, row, value.Slice(0, length), color);
            value = value.Slice(length);
            if (value.Length == 0)
            {
                break;
            }

            row = Next();
        }
    }
}
