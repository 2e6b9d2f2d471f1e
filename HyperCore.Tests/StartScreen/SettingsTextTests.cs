using System;
using HyperCore.StartScreen.Settings;
using Xunit;

namespace HyperCore.Tests.StartScreen;

public class SettingsTextTests
{
    private static readonly ApplianceSettings s_full = new()
    {
        Keyboard = "de",
        TimeZone = "Europe/Berlin",
        HomePage = "example.org/?a=b#c",
        Name = "Zoë O'Neill",
        Address = "zoe@example.org",
        Imap = "imap.example.org",
        Smtp = "smtp.example.org:587",
        User = "zoe",
        Password = "p = '$`\\ #",
    };

    [Fact]
    public void Format_Parse_GivesTheSameSettings() => Assert.Equal(s_full, SettingsText.Parse(SettingsText.Format(s_full)));

    [Fact]
    public void Parse_Nothing_GivesDefaults() => Assert.Equal(new ApplianceSettings(), SettingsText.Parse(""));

    [Fact]
    public void Parse_WhatMeansNothing_IsPassedOver()
    {
        ApplianceSettings settings = SettingsText.Parse("nonsense\n= x\nunknown = 1\n# name = no\n name =  Zoë  \r\n");

        Assert.Equal(new ApplianceSettings { Name = "Zoë" }, settings);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("us; reboot")]
    [InlineData("$(reboot)")]
    [InlineData("")]
    public void Parse_NamesOfFilesElsewhere_AreRefused(string name)
    {
        ApplianceSettings settings = SettingsText.Parse($"keyboard = {name}\ntime-zone = {name}\n");

        Assert.Equal(new ApplianceSettings(), settings);
    }

    [Fact]
    public void Clean_LineEndsAndLength_AreCut()
    {
        Assert.Equal("ab", SettingsText.Clean(" a\nb\r\t\u001b "));
        Assert.Equal(SettingsText.MaxLength, SettingsText.Clean(new string('x', 1000)).Length);
    }

    [Theory]
    [InlineData("imap.example.org", "imaps://imap.example.org/")]
    [InlineData("imap.example.org:993", "imaps://imap.example.org:993/")]
    [InlineData("imap.example.org:143", "imap://imap.example.org:143/")]
    [InlineData("imaps://10.0.2.2:10993", "imaps://10.0.2.2:10993/")]
    [InlineData("imaps://10.0.2.2:10993/", "imaps://10.0.2.2:10993/")]
    public void Url_Server_UsesTls(string server, string url) => Assert.Equal(url, MailConfiguration.Url(server, "imap", 993));

    [Fact]
    public void MailConfiguration_Account_IsInMuttsWords()
    {
        string text = MailConfiguration.Create(s_full, "/root/kept/muttrc");

        Assert.Contains("set realname = 'Zoë O'\\''Neill'\n", text, StringComparison.Ordinal);
        Assert.Contains("set folder = 'imaps://imap.example.org/'\n", text, StringComparison.Ordinal);
        Assert.Contains("set imap_user = 'zoe'\n", text, StringComparison.Ordinal);
        Assert.Contains("set smtp_url = 'smtp://zoe@smtp.example.org:587/'\n", text, StringComparison.Ordinal);
        Assert.Contains("set imap_pass = 'p = '\\''$`\\ #'\n", text, StringComparison.Ordinal);
        Assert.EndsWith("source '/root/kept/muttrc'\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void MailConfiguration_UserIsAnAddress_IsEscapedInTheUrl()
    {
        string text = MailConfiguration.Create(new ApplianceSettings { Address = "a@example.org", Smtp = "smtp.example.org", Imap = "imap.example.org" });

        Assert.Contains("set smtp_url = 'smtps://a%40example.org@smtp.example.org/'\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("_pass", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "about:welcome")]
    [InlineData("example.org", "https://example.org")]
    [InlineData("http://example.org", "http://example.org")]
    public void HomePage_IsOverHttpsUnlessSaidOtherwise(string page, string url) =>
        Assert.Equal(url, BrowserConfiguration.HomePage(new ApplianceSettings { HomePage = page }));
}
