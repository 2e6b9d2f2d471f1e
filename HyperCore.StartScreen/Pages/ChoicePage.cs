using System;
using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Console;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;

namespace HyperCore.StartScreen.Pages;

/// <summary>A list to choose from; what is typed narrows it.</summary>
internal sealed class ChoicePage : Page
{
    private readonly string _title;
    private readonly IReadOnlyList<string> _all;
    private readonly Action<string?> _done;
    private readonly Rectangle _body;
    private readonly int _rows;
    private readonly int _lineHeight;
    private List<string> _shown;
    private string _typed = "";
    private int _selected;

    /// <summary>Creates the page.</summary>
    /// <param name="width">Pixels of the screen.</param>
    /// <param name="height">Rows of the screen.</param>
    /// <param name="title">What is chosen.</param>
    /// <param name="choices">What there is.</param>
    /// <param name="current">What is chosen now.</param>
    /// <param name="done">Takes what was chosen; null: nothing.</param>
    public ChoicePage(int width, int height, string title, IReadOnlyList<string> choices, string current, Action<string?> done)
    {
        _title = title;
        _all = choices;
        _done = done;
        _shown = [.. choices];
        _selected = Math.Max(_shown.IndexOf(current), 0);
        Rectangle body = Frame.Body(width, height);
        FontFace font = Frame.BodyFont(width);
        _lineHeight = font.Height + 8;
        _body = new Rectangle(body.Left, body.Top + _lineHeight, body.Width, body.Height - _lineHeight);
        _rows = Math.Max(_body.Height / _lineHeight, 1);
    }

    /// <summary>What Enter chooses; null when nothing is left.</summary>
    public string? Selected => _selected < _shown.Count ? _shown[_selected] : null;

    private int First => Math.Clamp(_selected - (_rows / 2), 0, Math.Max(_shown.Count - _rows, 0));

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, Status status)
    {
        Frame.Draw(canvas, _title, "Type to find   Up and Down: choose   Enter: take it   Esc: back", status);
        FontFace font = Frame.BodyFont(canvas.Width);
        string prompt = _typed.Length == 0 ? $"{_all.Count} to choose from" : "Find: " + _typed;
        canvas.Text(_body.Left + 16, _body.Top - _lineHeight, prompt, font, _typed.Length == 0 ? Theme.Dim : Theme.Bright);
        for (int row = 0; row < _rows && First + row < _shown.Count; row++)
        {
            int index = First + row;
            var box = new Rectangle(_body.Left, _body.Top + (row * _lineHeight), _body.Width, _lineHeight - 2);
            if (index == _selected)
            {
                canvas.FillRound(box, 6, Theme.Selection);
            }

            canvas.Text(box.Left + 16, box.Top + 3, _shown[index], font, index == _selected ? Theme.Bright : Theme.Text);
        }
    }

    /// <inheritdoc/>
    public override void Handle(KeyPress press)
    {
        switch (press.Key)
        {
            case Key.Up:
                Move(-1);
                break;
            case Key.Down:
                Move(1);
                break;
            case Key.PageUp:
                Move(-_rows);
                break;
            case Key.PageDown:
                Move(_rows);
                break;
            case Key.Home:
                Move(-_shown.Count);
                break;
            case Key.End:
                Move(_shown.Count);
                break;
            case Key.Enter when Selected != null:
                _done(Selected);
                break;
            case Key.Escape:
                _done(null);
                break;
            case Key.Backspace when _typed.Length > 0:
                Find(_typed[..^1]);
                break;
            case Key.Character:
                Find(_typed + press.Character);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Click(int x, int y)
    {
        int index = First + ((y - _body.Top) / _lineHeight);
        if (_body.Contains(x, y) && index < _shown.Count)
        {
            _done(_shown[index]);
        }
    }

    private void Move(int by) => _selected = Math.Clamp(_selected + by, 0, Math.Max(_shown.Count - 1, 0));

    private void Find(string typed)
    {
        _typed = typed;
        string wanted = typed.Replace(' ', '_');
        _shown = [.. _all.Where(choice => choice.Contains(wanted, StringComparison.OrdinalIgnoreCase))];
        _selected = Math.Max(_shown.FindIndex(choice => choice.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)), 0);
    }
}
