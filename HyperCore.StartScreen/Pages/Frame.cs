using System;
using HyperCore.Core.Console;
using HyperCore.StartScreen.Drawing;

namespace HyperCore.StartScreen.Pages;

/// <summary>What all pages have in common: the background, the line at the top and the one at the bottom.</summary>
internal static class Frame
{
    private const int Wide = 1000;

    /// <summary>The font for text on a screen of that width.</summary>
    public static FontFace BodyFont(int width) => width >= Wide ? FontFace.CreateMedium() : FontFace.CreateSmall();

    /// <summary>The font for titles on a screen of that width.</summary>
    public static FontFace TitleFont(int width) => width >= Wide ? FontFace.CreateLarge() : FontFace.CreateMedium();

    /// <summary>Pixels left free at the edges.</summary>
    public static int Margin(int width) => width >= Wide ? 40 : 16;

    /// <summary>The part between the two lines.</summary>
    public static Rectangle Body(int width, int height)
    {
        int margin = Margin(width);
        int header = margin + (width >= Wide ? 100 : 52);
        int footer = (BodyFont(width).Height * 2) + margin;
        return new Rectangle(margin, header, width - (2 * margin), height - header - footer);
    }

    /// <summary>Draws it.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="title">The page's title; null: the time of day in its place.</param>
    /// <param name="hint">What the keys do; a notice stands in its place.</param>
    /// <param name="status">What is shown at the edges.</param>
    public static void Draw(Canvas canvas, string? title, string hint, Status status)
    {
        int margin = Margin(canvas.Width);
        FontFace body = BodyFont(canvas.Width);
        FontFace large = TitleFont(canvas.Width);
        canvas.Gradient(Theme.BackgroundTop, Theme.BackgroundBottom);
        int second = margin;
        if (title == null)
        {
            int scale = canvas.Width >= Wide ? 2 : 1;
            canvas.Text(margin, margin - 8, status.Time, large, Theme.Bright, scale);
            canvas.Text(margin, margin - 4 + (large.Height * scale), status.Date, body, Theme.Dim);
        }
        else
        {
            canvas.Text(margin, margin, title, large, Theme.Bright);
            Right(canvas, margin, status.Time, large, Theme.Bright);
            second += large.Height + 4;
        }

        bool online = status.Address.Length > 0;
        string network = online ? "Network " + status.Address : "No network yet";
        int end = canvas.Width - margin;
        canvas.Text(end - (network.Length * body.Width), second, network, body, online ? Theme.Text : Theme.Amber);
        canvas.Ring(end - ((network.Length + 1) * body.Width), second + (body.Height / 2), body.Height / 4, body.Height / 4, online ? Theme.Green : Theme.Amber);

        int bottom = canvas.Height - (margin / 2) - (2 * body.Height);
        bool isWell = status.Notice.Length == 0;
        canvas.Text(margin, bottom, Fit(isWell ? hint : status.Notice, canvas.Width, body), body, isWell ? Theme.Text : Theme.Amber);
        canvas.Text(margin, bottom + body.Height, status.Settings, body, status.AreKept ? Theme.Dim : Theme.Amber);
        if (status.Hotkey.Length > 0)
        {
            string hotkey = status.Hotkey + "  HyperCore's menu";
            Right(canvas, bottom + body.Height, hotkey, body, Theme.Dim);
        }
    }

    private static void Right(Canvas canvas, int y, string text, FontFace font, uint colour) =>
        canvas.Text(canvas.Width - Margin(canvas.Width) - (text.Length * font.Width), y, text, font, colour);

    private static string Fit(string text, int width, FontFace font) => text[..Math.Min(text.Length, (width - (2 * Margin(width))) / font.Width)];
}
