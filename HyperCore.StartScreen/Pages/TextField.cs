using System;
using HyperCore.StartScreen.Input;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen.Pages;

/// <summary>A line of text that is being entered.</summary>
/// <param name="text">What is there at first.</param>
internal sealed class TextField(string text)
{
    /// <summary>The text.</summary>
    public string Text { get; private set; } = text;

    /// <summary>Where the next character goes.</summary>
    public int Cursor { get; private set; } = text.Length;

    /// <summary>Takes a key that edits; others do nothing.</summary>
    public void Handle(KeyPress press)
    {
        switch (press.Key)
        {
            case Key.Character when Text.Length < SettingsText.MaxLength:
                Text = Text.Insert(Cursor++, press.Character.ToString());
                break;
            case Key.Backspace when Cursor > 0:
                Text = Text.Remove(--Cursor, 1);
                break;
            case Key.Delete when Cursor < Text.Length:
                Text = Text.Remove(Cursor, 1);
                break;
            case Key.Left:
                Cursor = Math.Max(Cursor - 1, 0);
                break;
            case Key.Right:
                Cursor = Math.Min(Cursor + 1, Text.Length);
                break;
            case Key.Home:
                Cursor = 0;
                break;
            case Key.End:
                Cursor = Text.Length;
                break;
            default:
                break;
        }
    }
}
