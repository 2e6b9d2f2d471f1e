using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class HotkeyTextTests
{
    [Theory]
    [InlineData("ctrl+alt+home", "Ctrl+Alt+Home")]
    [InlineData("ctrl+alt+pagedown", "Ctrl+Alt+PgDn")]
    [InlineData("win+shift+q", "Shift+Win+Q")]
    [InlineData("ctrl+m", "Ctrl+M")]
    [InlineData("ctrl+0", "Ctrl+0")]
    [InlineData("ctrl+l", "Ctrl+L")]
    [InlineData("ctrl+z", "Ctrl+Z")]
    [InlineData("ctrl+f10", "Ctrl+F10")]
    [InlineData("ctrl+f12", "Ctrl+F12")]
    [InlineData("ctrl+scrolllock", "Ctrl+ScrollLock")]
    [InlineData("ctrl+delete", "Ctrl+Del")]
    public void HotkeyText_OfTheConfiguration_IsWhatKeyboardsSay(string configured, string shown)
    {
        var config = new HyperCoreConfig();
        ConfigParser.Parse(Encoding.UTF8.GetBytes($"[hypercore]\nhotkey = {configured}\n"), config, new ConfigDiagnostics());
        var text = new TextBuilder(new char[80]);
        HotkeyText.Append(ref text, config.MenuHotkey);
        Assert.Equal(shown, text.Text.ToString());
    }
}
