using System;
using HyperCore.Core.Console;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;

namespace HyperCore.StartScreen.Pages;

/// <summary>The first page: large entries.</summary>
/// <param name="width">Pixels of the screen.</param>
/// <param name="height">Rows of the screen.</param>
/// <param name="hasMenu">HyperCore is there, so that one can go back to its menu.</param>
/// <param name="open">Opens an entry.</param>
internal sealed class StartPage(int width, int height, bool hasMenu, Action<StartEntry> open) : Page
{
    private static readonly string[] s_titles = ["Browser", "Mail", "Terminal", "Settings", "Back to menu"];
    private static readonly string[] s_notes = ["Web pages", "Read and write", "A shell", "Keyboard, mail ...", "Other systems"];
    private static readonly uint[] s_colours = [Theme.Browser, Theme.Mail, Theme.Terminal, Theme.Settings, Theme.Menu];

    private readonly TileLayout _layout = new(Frame.Body(width, height), hasMenu ? s_titles.Length : s_titles.Length - 1, width >= 1000 ? 200 : 160);
    private readonly int _count = hasMenu ? s_titles.Length : s_titles.Length - 1;

    /// <summary>The entry that Enter opens.</summary>
    public StartEntry Selected { get; private set; }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, Status status)
    {
        Frame.Draw(canvas, null, $"Arrow keys and Enter, or 1 to {_count}, or the mouse", status);
        for (int i = 0; i < _count; i++)
        {
            DrawTile(canvas, i);
        }
    }

    /// <inheritdoc/>
    public override void Handle(KeyPress press)
    {
        int index = (int)Selected;
        switch (press.Key)
        {
            case Key.Left or Key.Up when index > 0:
                Selected = (StartEntry)(press.Key == Key.Up && index >= _layout.Columns ? index - _layout.Columns : index - 1);
                break;
            case Key.Right or Key.Down or Key.Tab when index < _count - 1:
                Selected = (StartEntry)(press.Key == Key.Down && index + _layout.Columns < _count ? index + _layout.Columns : index + 1);
                break;
            case Key.Tab or Key.Home:
                Selected = 0;
                break;
            case Key.End:
                Selected = (StartEntry)(_count - 1);
                break;
            case Key.Enter:
                open(Selected);
                break;
            case Key.Character when press.Character >= '1' && press.Character < '1' + _count:
                Selected = (StartEntry)(press.Character - '1');
                open(Selected);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override bool Point(int x, int y)
    {
        int tile = _layout.At(x, y);
        if (tile < 0 || tile == (int)Selected)
        {
            return false;
        }

        Selected = (StartEntry)tile;
        return true;
    }

    /// <inheritdoc/>
    public override void Click(int x, int y)
    {
        int tile = _layout.At(x, y);
        if (tile >= 0)
        {
            Selected = (StartEntry)tile;
            open(Selected);
        }
    }

    private void DrawTile(Canvas canvas, int index)
    {
        Rectangle tile = _layout[index];
        bool selected = index == (int)Selected;
        if (selected)
        {
            canvas.FillRound(tile.Grow(4), 20, Theme.SelectionRim);
        }

        canvas.FillRound(tile, 16, selected ? Theme.Selection : Theme.Panel);
        FontFace body = Frame.BodyFont(canvas.Width);
        FontFace title = tile.Width >= s_titles[index].Length * 16 + 16 && tile.Height >= 180 ? FontFace.CreateLarge() : body;
        FontFace small = FontFace.CreateSmall();
        int text = title.Height + small.Height + 10;
        int radius = Math.Min(tile.Width, tile.Height - text) / 4;
        int x = tile.Left + (tile.Width / 2);
        int y = tile.Top + ((tile.Height - text) / 2);
        uint colour = selected ? Theme.Bright : s_colours[index];
        switch ((StartEntry)index)
        {
            case StartEntry.Browser:
                Icons.Globe(canvas, x, y, radius, colour);
                break;
            case StartEntry.Mail:
                Icons.Envelope(canvas, x, y, radius, colour);
                break;
            case StartEntry.Terminal:
                Icons.Prompt(canvas, x, y, radius, colour);
                break;
            case StartEntry.Settings:
                Icons.Sliders(canvas, x, y, radius, colour);
                break;
            default:
                Icons.Screens(canvas, x, y, radius, colour);
                break;
        }

        int line = tile.Bottom - text - 6;
        canvas.Text(x - (s_titles[index].Length * title.Width / 2), line, s_titles[index], title, Theme.Bright);
        canvas.Text(x - (s_notes[index].Length * small.Width / 2), line + title.Height + 2, s_notes[index], small, selected ? Theme.Text : Theme.Dim);
        canvas.Text(tile.Left + 12, tile.Top + 10, [(char)('1' + index)], body, selected ? Theme.Text : Theme.Dim);
    }
}
