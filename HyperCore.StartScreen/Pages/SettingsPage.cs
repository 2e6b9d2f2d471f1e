using System;
using System.Collections.Generic;
using HyperCore.Core.Console;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen.Pages;

/// <summary>All settings, a line each. A change applies at once.</summary>
internal sealed class SettingsPage : Page
{
    private const int LabelLength = 17;

    private readonly SettingsActions _actions;
    private readonly List<SettingLine> _lines;
    private readonly Rectangle _body;
    private readonly int _lineHeight;
    private TextField? _field;
    private int _selected;

    /// <summary>Creates the page.</summary>
    /// <param name="width">Pixels of the screen.</param>
    /// <param name="height">Rows of the screen.</param>
    /// <param name="actions">Where settings come from and go to.</param>
    public SettingsPage(int width, int height, SettingsActions actions)
    {
        _actions = actions;
        _lines =
        [
            new("Keyboard layout", SettingKind.Choice, s => s.Keyboard, (s, value) => s with { Keyboard = value }, "", actions.Keyboards),
            new("Time zone", SettingKind.Choice, s => s.TimeZone, (s, value) => s with { TimeZone = value }, "", actions.TimeZones),
            new("Home page", SettingKind.Text, s => s.HomePage, (s, value) => s with { HomePage = value }, "the browser's welcome page"),
            new("Your name", SettingKind.Text, s => s.Name, (s, value) => s with { Name = value }, "for the mails that you write"),
            new("Mail address", SettingKind.Text, s => s.Address, (s, value) => s with { Address = value }, "you@example.org"),
            new("Incoming server", SettingKind.Text, s => s.Imap, (s, value) => s with { Imap = value }, "imap.example.org"),
            new("Outgoing server", SettingKind.Text, s => s.Smtp, (s, value) => s with { Smtp = value }, "smtp.example.org, or smtp.example.org:587"),
            new("User name", SettingKind.Text, s => s.User, (s, value) => s with { User = value }, "the mail address"),
            new("Mail password", SettingKind.Secret, s => s.Password, (s, value) => s with { Password = value }, "asked for each time"),
        ];
        if (actions.CanEncrypt)
        {
            _lines.Add(new("Passphrase", SettingKind.Secret, _ => actions.IsEncrypted ? "set" : "", (s, value) => SetPassphrase(s, value), "none: settings are kept unencrypted"));
        }

        _body = Frame.Body(width, height);
        _lineHeight = Math.Min(_body.Height / _lines.Count, Frame.BodyFont(width).Height + 20);
    }

    /// <summary>The label of the chosen line.</summary>
    public string SelectedLabel => _lines[_selected].Label;

    /// <summary>Text is being entered.</summary>
    public bool IsEditing => _field != null;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, Status status)
    {
        Frame.Draw(canvas, "Settings", IsEditing ? "Enter: take over   Esc: leave as it was" : "Up and Down: choose   Enter: change   Esc: back", status);
        for (int i = 0; i < _lines.Count; i++)
        {
            DrawLine(canvas, i);
        }
    }

    /// <inheritdoc/>
    public override void Handle(KeyPress press)
    {
        if (_field != null)
        {
            Edit(press, _field);
            return;
        }

        switch (press.Key)
        {
            case Key.Up:
                _selected = Math.Max(_selected - 1, 0);
                break;
            case Key.Down or Key.Tab:
                _selected = Math.Min(_selected + 1, _lines.Count - 1);
                break;
            case Key.Home or Key.PageUp:
                _selected = 0;
                break;
            case Key.End or Key.PageDown:
                _selected = _lines.Count - 1;
                break;
            case Key.Enter or Key.Right:
                Open();
                break;
            case Key.Escape or Key.Left or Key.Backspace:
                _actions.Close();
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Click(int x, int y)
    {
        int line = (y - _body.Top) / _lineHeight;
        if (!IsEditing && _body.Contains(x, y) && line < _lines.Count)
        {
            _selected = line;
            Open();
        }
    }

    private void Open()
    {
        SettingLine line = _lines[_selected];
        string value = line.Read(_actions.Settings);
        if (line.Choices != null)
        {
            _actions.Choose(line.Label, line.Choices(), value, chosen => Write(line, chosen));
        }
        else
        {
            // A secret is entered anew, not edited blindly.
            _field = new TextField(line.Kind == SettingKind.Secret ? "" : value);
        }
    }

    private void Edit(KeyPress press, TextField field)
    {
        switch (press.Key)
        {
            case Key.Enter or Key.Tab or Key.Down or Key.Up:
                _field = null;
                Write(_lines[_selected], field.Text);
                if (press.Key != Key.Enter)
                {
                    Handle(press);
                }

                break;
            case Key.Escape:
                _field = null;
                break;
            default:
                field.Handle(press);
                break;
        }
    }

    private void Write(SettingLine line, string value) => _actions.Apply(line.Write(_actions.Settings, SettingsText.Clean(value)));

    private ApplianceSettings SetPassphrase(ApplianceSettings settings, string passphrase)
    {
        _actions.SetPassphrase(passphrase);
        return settings;
    }

    private void DrawLine(Canvas canvas, int index)
    {
        SettingLine line = _lines[index];
        FontFace font = Frame.BodyFont(canvas.Width);
        bool selected = index == _selected;
        bool editing = selected && _field != null;
        var box = new Rectangle(_body.Left, _body.Top + (index * _lineHeight), _body.Width, _lineHeight - 6);
        int y = box.Top + ((box.Height - font.Height) / 2);
        int x = box.Left + 16 + (LabelLength * font.Width);
        canvas.FillRound(box, 8, selected ? Theme.Selection : Theme.Panel);
        canvas.Text(box.Left + 16, y, line.Label, font, selected ? Theme.Bright : Theme.Text);
        int fits = (box.Right - 16 - x) / font.Width;
        string value = editing ? _field!.Text : line.Read(_actions.Settings);
        if (line.Kind == SettingKind.Secret)
        {
            value = editing ? new string('•', value.Length) : value.Length > 0 ? "••••••••" : "";
        }

        if (editing)
        {
            canvas.FillRound(new Rectangle(x - 8, box.Top + 3, box.Right - x + 2, box.Height - 6), 6, Theme.Field);
            int first = Math.Max(_field!.Cursor - fits + 1, 0);
            canvas.Text(x, y, value.AsSpan(first, Math.Min(value.Length - first, fits)), font, Theme.Bright);
            canvas.Fill(new Rectangle(x + ((_field.Cursor - first) * font.Width), y, 2, font.Height), Theme.SelectionRim);
        }
        else
        {
            bool empty = value.Length == 0;
            string shown = empty ? line.Hint : value;
            canvas.Text(x, y, shown.AsSpan(0, Math.Min(shown.Length, fits)), font, selected ? (empty ? Theme.Text : Theme.Bright) : empty ? Theme.Dim : Theme.Text);
        }
    }
}
