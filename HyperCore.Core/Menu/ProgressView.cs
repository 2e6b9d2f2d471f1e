using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The screen during start-up: the name in large letters, what is being done, and how far it is.</summary>
public sealed class ProgressView
{
    private const string Name = "HyperCore";
    private const int LetterWidth = 8;
    private const int LetterFirst = 2;
    private const int LetterLast = 13;

    private readonly TextScreen _screen;
    private readonly string _version;
    private readonly FontFace _letters = FontFace.CreateSmall();
    private readonly char[] _scratch = new char[160];

    /// <summary>Creates the view for a screen of at least 80x20.</summary>
    public ProgressView(TextScreen screen, string version)
    {
        _screen = screen;
        _version = version;
    }

    /// <summary>Draws the screen.</summary>
    /// <param name="what">What is being done: <c>Loading \EFI\HyperCore\demo\vmlinuz</c>.</param>
    /// <param name="done">Bytes done.</param>
    /// <param name="total">Bytes to be done; 0 when that is not known or it is no matter of bytes: then there is no bar.</param>
    public void Draw(ReadOnlySpan<char> what, ulong done = 0, ulong total = 0)
    {
        _screen.Clear(Color.Background);
        int top = Math.Max((_screen.Rows - 14) * 2 / 5, 1);
        DrawName((_screen.Columns - (Name.Length * LetterWidth)) / 2, top);
        int row = top + ((LetterLast - LetterFirst + 1) / 2) + 1;
        _screen.Write((_screen.Columns - _version.Length) / 2, row, _version, Color.Dim);

        int width = Math.Min(_screen.Columns - 8, 72);
        int column = (_screen.Columns - width) / 2;
        row += 3;
        var text = new TextBuilder(_scratch);
        if (total > 0)
        {
            AppendMegabytes(ref text, done);
            text.Append(" of ");
            AppendMegabytes(ref text, total);
            text.Append(" MB");
            _screen.WriteRight(column + width, row, text.Text, Color.Dim);
            Painter.Bar(_screen, column, row + 1, width, done, total, Color.Accent, Color.Background);
        }

        int room = width - (text.Length > 0 ? text.Length + 2 : 0);
        _screen.Write(column, row, what, Color.Text, room);
    }

    /// <summary>Tenths of megabytes below ten, whole ones above.</summary>
    private static void AppendMegabytes(ref TextBuilder text, ulong bytes)
    {
        ulong tenths = ((bytes >> 10) * 10) >> 10;
        text.AppendDecimal(tenths / 10);
        if (tenths is > 0 and < 100)
        {
            text.Append('.');
            text.AppendDecimal(tenths % 10);
        }
    }

    /// <summary>The name, a cell for two pixels of the font one above the other.</summary>
    private void DrawName(int column, int row)
    {
        for (int i = 0; i < Name.Length; i++)
        {
            ReadOnlySpan<byte> glyph = _letters.GetGlyph(Name[i]);
            Color color = i < 5 ? Color.Bright : Color.Accent;
            for (int y = LetterFirst; y <= LetterLast; y += 2)
            {
                for (int x = 0; x < LetterWidth; x++)
                {
                    bool upper = (glyph[y] & (0x80 >> x)) != 0;
                    bool lower = (glyph[y + 1] & (0x80 >> x)) != 0;
                    char block = upper && lower ? '█' : upper ? '▀' : lower ? '▄' : ' ';
                    _screen.Put(column + (i * LetterWidth) + x, row + ((y - LetterFirst) / 2), block, color, Color.Background);
                }
            }
        }
    }
}
