using System.Text;
using CsCheck;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class AnsiMirrorTests
{
    private static readonly Gen<(int Column, int Row, string Text, Color Foreground, Color Background)> s_stroke =
        Gen.Select(Gen.Int[-3, 83], Gen.Int[-1, 21], Gen.Char["aB ─│●\u00E9\uD800\t"].Array[0, 12], Gen.Byte[0, Palette.Count - 1], Gen.Byte[0, Palette.Count - 1])
            .Select((column, row, text, foreground, background) => (column, row, new string(text), (Color)foreground, (Color)background));

    [Fact]
    public void AnsiMirror_AnyDrawing_TerminalShowsTheScreen() => s_stroke.List[0, 12].List[1, 6].Sample(frames =>
    {
        var terminal = new FakeTerminal(80, 24);
        var screen = new TextScreen(80, 20);
        var mirror = new AnsiMirror(terminal);
        mirror.Open(screen);
        foreach (var frame in frames)
        {
            foreach (var (column, row, text, foreground, background) in frame)
            {
                screen.Fill(column, row, text.Length, 1, background);
                screen.Write(column, row, text, foreground);
            }

            mirror.WriteLine("a line of the log in between");
            mirror.Draw();
            AssertShows(terminal, screen);
        }
    }, iter: 40);

    [Fact]
    public void AnsiMirror_NothingChanged_SendsNothing()
    {
        var terminal = new FakeTerminal(80, 24);
        var screen = new TextScreen(80, 20);
        screen.Write(3, 3, "steady", Color.Text);
        var mirror = new AnsiMirror(terminal);
        mirror.Open(screen);
        terminal.Forget();
        screen.Clear(Color.Background);
        screen.Write(3, 3, "steady", Color.Text);
        mirror.Draw();
        Assert.Equal(0, terminal.BytesSent);
    }

    [Fact]
    public void AnsiMirror_OneDigitChanged_SendsAFewBytes()
    {
        var terminal = new FakeTerminal(80, 24);
        var screen = new TextScreen(80, 20);
        screen.Write(70, 0, "0:00:01", Color.Text);
        var mirror = new AnsiMirror(terminal);
        mirror.Open(screen);
        screen.Write(70, 0, "0:00:02", Color.Text);
        mirror.Draw();
        terminal.Forget();
        screen.Write(70, 0, "0:00:13", Color.Text);
        mirror.Draw();
        Assert.Equal("\e[1;76H13", terminal.Sent);
    }

    [Fact]
    public void AnsiMirror_LogWhileOpen_ScrollsBelowTheScreenInWholeLines()
    {
        var terminal = new FakeTerminal(80, 24);
        var screen = new TextScreen(80, 20);
        screen.Write(0, 19, "last line of the menu", Color.Text);
        var mirror = new AnsiMirror(terminal);
        mirror.Open(screen);
        for (int i = 0; i < 9; i++)
        {
            new SerialLogSink(mirror).WriteLine(LogLevel.Info, $"line {i}");
        }

        Assert.Contains("\r\nline 8\e[K\r\n", terminal.Sent);
        Assert.Equal("last line of the menu", terminal.Row(19));
        Assert.Equal("line 8", terminal.Row(22));
        AssertShows(terminal, screen);
    }

    [Fact]
    public void AnsiMirror_NotOpen_LogIsPlainText()
    {
        var terminal = new FakeTerminal(80, 24);
        var mirror = new AnsiMirror(terminal);
        mirror.WriteLine("before");
        Assert.Equal("before\r\n", terminal.Sent);
        mirror.Open(new TextScreen(80, 20));
        mirror.Close();
        terminal.Forget();
        mirror.WriteLine("after\e[2J");
        mirror.Draw();
        Assert.Equal("after [2J\r\n", terminal.Sent);
    }

    [Fact]
    public void AnsiMirror_AsciiTerminal_GetsNoByteAbove7F()
    {
        var terminal = new FakeTerminal(80, 24);
        var screen = new TextScreen(80, 20);
        for (int c = 0xA0; c < 0x2700; c++)
        {
            screen.Put(c % 80, c / 80 % 20, (char)c, Color.Text, Color.Background);
        }

        screen.Write(0, 0, "┌─ ● █░ Größe ▶ ✓ …", Color.Text);
        new AnsiMirror(terminal, utf8: false).Open(screen);
        Assert.All(Encoding.UTF8.GetBytes(terminal.Sent), b => Assert.True(b < 0x7F));
        Assert.StartsWith("+- * #. Grose > + .", terminal.Row(0));
    }

    private static void AssertShows(FakeTerminal terminal, TextScreen screen)
    {
        for (int row = 0; row < screen.Rows; row++)
        {
            for (int column = 0; column < screen.Columns; column++)
            {
                Cell cell = screen[column, row];
                (int foreground, int background) = terminal.ColorAt(column, row);
                bool same = Palette.ToBackgroundGraphic(cell.Background) == background && (cell.Character == ' ' || Palette.ToForegroundGraphic(cell.Foreground) == foreground);
                if (!same)
                {
                    Assert.Fail($"{column}, {row}: {cell.Foreground} on {cell.Background} is shown as {foreground} on {background}");
                }
            }

            Assert.Equal(ScreenText.Row(screen, row).Replace('\uD800', '\uFFFD'), terminal.Row(row));
        }
    }
}
