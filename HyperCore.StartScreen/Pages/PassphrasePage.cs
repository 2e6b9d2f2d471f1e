using System;
using HyperCore.Core.Console;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;

namespace HyperCore.StartScreen.Pages;

/// <summary>Asks for the passphrase of the settings.</summary>
/// <param name="unlock">Tries one; true when it is right.</param>
/// <param name="skip">Goes on without the settings.</param>
internal sealed class PassphrasePage(Func<string, bool> unlock, Action skip) : Page
{
    private TextField _field = new("");
    private bool _wasWrong;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, Status status)
    {
        Frame.Draw(canvas, "Passphrase", "Enter: open the settings   Esc: go on without them", status);
        FontFace font = Frame.BodyFont(canvas.Width);
        Rectangle body = Frame.Body(canvas.Width, canvas.Height);
        int top = body.Top + (body.Height / 3);
        canvas.Text(body.Left, top, "The settings of this appliance are encrypted.", font, Theme.Text);
        var box = new Rectangle(body.Left, top + font.Height + 16, Math.Min(body.Width, 40 * font.Width), font.Height + 20);
        canvas.FillRound(box.Grow(2), 10, Theme.SelectionRim);
        canvas.FillRound(box, 8, Theme.Field);
        int fits = (box.Width - 40) / font.Width;
        int end = canvas.Text(box.Left + 16, box.Top + 10, new string('•', Math.Min(_field.Text.Length, fits)), font, Theme.Bright);
        canvas.Fill(new Rectangle(end, box.Top + 10, 2, font.Height), Theme.SelectionRim);
        if (_wasWrong)
        {
            canvas.Text(body.Left, box.Bottom + 16, "That is not the passphrase.", font, Theme.Red);
        }
    }

    /// <inheritdoc/>
    public override void Handle(KeyPress press)
    {
        switch (press.Key)
        {
            case Key.Enter:
                _wasWrong = !unlock(_field.Text);
                _field = new TextField("");
                break;
            case Key.Escape:
                skip();
                break;
            case Key.Left or Key.Right or Key.Home or Key.End:
                // Nobody sees where the cursor is.
                break;
            default:
                _wasWrong = false;
                _field.Handle(press);
                break;
        }
    }
}
