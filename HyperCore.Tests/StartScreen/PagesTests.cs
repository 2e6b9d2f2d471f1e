using System;
using System.Collections.Generic;
using System.Linq;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;
using HyperCore.StartScreen.Pages;
using HyperCore.StartScreen.Settings;
using Xunit;

namespace HyperCore.Tests.StartScreen;

public class PagesTests
{
    public static TheoryData<int, int> Sizes => new() { { 640, 400 }, { 640, 480 }, { 800, 600 }, { 1024, 768 }, { 1280, 800 }, { 1920, 1080 }, { 3840, 2160 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Tiles_AnyScreen_LieInTheBodyWithoutOverlap(int width, int height)
    {
        Rectangle body = Frame.Body(width, height);
        for (int count = 1; count <= 6; count++)
        {
            var layout = new TileLayout(body, count, 160);
            Rectangle[] tiles = [.. Enumerable.Range(0, count).Select(i => layout[i])];

            Assert.All(tiles, tile => Assert.True(tile is { Width: >= 100, Height: >= 80 }, $"{tile} is too small"));
            Assert.All(tiles, tile => Assert.True(tile.Left >= body.Left && tile.Right <= body.Right && tile.Top >= body.Top && tile.Bottom <= body.Bottom));
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(i, layout.At(tiles[i].Left, tiles[i].Top));
                Assert.Equal(i, layout.At(tiles[i].Right - 1, tiles[i].Bottom - 1));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Pages_AnyScreen_CanBeDrawn(int width, int height)
    {
        var canvas = new Canvas(width, height);
        var status = new Status { Time = "14:05", Date = "Wednesday, 30 September 2026", Address = "192.168.100.100", Hotkey = "Ctrl+Alt+Home", Settings = "kept" };
        new StartPage(width, height, true, _ => { }).Draw(canvas, status);
        new SettingsPage(width, height, new FakeActions()).Draw(canvas, status);
        new ChoicePage(width, height, "Time zone", ["a", "b"], "b", _ => { }).Draw(canvas, status);
        new PassphrasePage(_ => false, () => { }).Draw(canvas, status);
    }

    [Theory]
    [InlineData('1', "Browser")]
    [InlineData('3', "Terminal")]
    [InlineData('5', "Menu")]
    public void StartPage_Digit_Opens(char digit, string expected)
    {
        StartEntry? opened = null;
        new StartPage(1280, 800, true, entry => opened = entry).Handle(new KeyPress(Key.Character, digit));

        Assert.Equal(expected, opened.ToString());
    }

    [Fact]
    public void StartPage_ArrowsAndEnter_Open()
    {
        var opened = new List<StartEntry>();
        var page = new StartPage(1280, 800, true, opened.Add);
        Press(page, Key.Left, Key.Enter, Key.Right, Key.Right, Key.Enter, Key.End, Key.Right, Key.Enter, Key.Home, Key.Enter);

        Assert.Equal([StartEntry.Browser, StartEntry.Terminal, StartEntry.Menu, StartEntry.Browser], opened);
    }

    [Fact]
    public void StartPage_WithoutHyperCore_HasNoWayToItsMenu()
    {
        var opened = new List<StartEntry>();
        var page = new StartPage(1280, 800, false, opened.Add);
        page.Handle(new KeyPress(Key.Character, '5'));
        Press(page, Key.End, Key.Enter);

        Assert.Equal([StartEntry.Settings], opened);
    }

    [Fact]
    public void StartPage_Mouse_PointsAndOpens()
    {
        var opened = new List<StartEntry>();
        var page = new StartPage(1280, 800, true, opened.Add);
        Rectangle tile = new TileLayout(Frame.Body(1280, 800), 5, 200)[3];

        Assert.True(page.Point(tile.Left + 5, tile.Top + 5));
        Assert.False(page.Point(tile.Left + 6, tile.Top + 5));
        Assert.Equal(StartEntry.Settings, page.Selected);
        page.Click(2, 2);
        Assert.Empty(opened);
        page.Click(tile.Left + 5, tile.Top + 5);
        Assert.Equal([StartEntry.Settings], opened);
    }

    [Fact]
    public void SettingsPage_Text_IsEnteredAndApplied()
    {
        var actions = new FakeActions();
        var page = new SettingsPage(1280, 800, actions);
        Press(page, Key.Down, Key.Down, Key.Enter);
        Assert.Equal("Home page", page.SelectedLabel);
        Assert.True(page.IsEditing);
        Type(page, "example.org");
        Press(page, Key.Enter);

        Assert.False(page.IsEditing);
        Assert.Equal("example.org", actions.Settings.HomePage);

        Press(page, Key.Enter);
        Type(page, "xyz");
        Press(page, Key.Escape);
        Assert.Equal("example.org", actions.Settings.HomePage);
        Assert.Equal(1, actions.Applied);

        Press(page, Key.Escape);
        Assert.True(actions.IsClosed);
    }

    [Fact]
    public void SettingsPage_Keyboard_IsChosenFromAList()
    {
        var actions = new FakeActions();
        var page = new SettingsPage(1280, 800, actions);
        Press(page, Key.Enter);

        Assert.Equal("de", actions.Settings.Keyboard);
    }

    [Fact]
    public void SettingsPage_Passphrase_IsNotASetting()
    {
        var actions = new FakeActions();
        var page = new SettingsPage(1280, 800, actions);
        Press(page, Key.End, Key.Enter);
        Type(page, "open sesame");
        Press(page, Key.Enter);

        Assert.Equal("open sesame", actions.Passphrase);
        Assert.DoesNotContain("sesame", SettingsText.Format(actions.Settings), StringComparison.Ordinal);
    }

    [Fact]
    public void ChoicePage_Typing_Finds()
    {
        string? chosen = null;
        var page = new ChoicePage(1280, 800, "Time zone", ["Etc/UTC", "America/New_York", "Europe/Berlin", "Europe/Bern"], "Etc/UTC", choice => chosen = choice);
        Assert.Equal("Etc/UTC", page.Selected);
        Type(page, "new y");
        Assert.Equal("America/New_York", page.Selected);
        Press(page, Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace, Key.Backspace);
        Type(page, "ber");
        Press(page, Key.Down, Key.Enter);
        Assert.Equal("Europe/Bern", chosen);

        Type(page, "zzz");
        Assert.Null(page.Selected);
        chosen = "";
        Press(page, Key.Enter, Key.Escape);
        Assert.Null(chosen);
    }

    [Fact]
    public void PassphrasePage_WrongOnce_AsksAgain()
    {
        var tried = new List<string>();
        bool skipped = false;
        var page = new PassphrasePage(
            passphrase =>
            {
                tried.Add(passphrase);
                return tried.Count == 2;
            },
            () => skipped = true);
        Type(page, "one");
        Press(page, Key.Enter);
        Type(page, "twoo");
        Press(page, Key.Backspace, Key.Enter, Key.Escape);

        Assert.Equal(["one", "two"], tried);
        Assert.True(skipped);
    }

    [Fact]
    public void TextField_Editing_HappensAtTheCursor()
    {
        var field = new TextField("ac");
        field.Handle(new KeyPress(Key.Left));
        field.Handle(new KeyPress(Key.Character, 'b'));
        field.Handle(new KeyPress(Key.End));
        field.Handle(new KeyPress(Key.Backspace));
        field.Handle(new KeyPress(Key.Home));
        field.Handle(new KeyPress(Key.Delete));

        Assert.Equal("b", field.Text);
        Assert.Equal(0, field.Cursor);
    }

    private static void Press(Page page, params Key[] keys)
    {
        foreach (Key key in keys)
        {
            page.Handle(new KeyPress(key));
        }
    }

    private static void Type(Page page, string text)
    {
        foreach (char character in text)
        {
            page.Handle(new KeyPress(Key.Character, character));
        }
    }

    private sealed class FakeActions : SettingsActions
    {
        private ApplianceSettings _settings = new();

        public int Applied { get; private set; }

        public bool IsClosed { get; private set; }

        public string? Passphrase { get; private set; }

        public override ApplianceSettings Settings => _settings;

        public override bool CanEncrypt => true;

        public override bool IsEncrypted => Passphrase != null;

        public override IReadOnlyList<string> Keyboards() => ["de", "us"];

        public override IReadOnlyList<string> TimeZones() => ["Etc/UTC"];

        public override void Choose(string title, IReadOnlyList<string> choices, string current, Action<string> chosen)
        {
            Assert.Equal("us", current);
            chosen(choices[0]);
        }

        public override void Apply(ApplianceSettings settings)
        {
            _settings = settings;
            Applied++;
        }

        public override void SetPassphrase(string passphrase) => Passphrase = passphrase;

        public override void Close() => IsClosed = true;
    }
}
