using System.IO;
using System.Text.RegularExpressions;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Pages;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The appliance under HyperCore: its start screen, a program of it, and the way back to the menu.</summary>
public class ApplianceStartScreenTests(ITestOutputHelper output) : ApplianceTest(output)
{
    [Fact]
    public void StartScreen_KeysOpenEntries_AndTheLastGoesBackToTheMenu() => Boot(Esp.With(Configurations.With("0", Section)), machine =>
    {
        machine.Serial.WaitFor("vm: mail running");
        machine.Serial.WaitFor(@"^mail\| .*" + StartScreenShown);
        Note($"the start screen is there {machine.Uptime.TotalSeconds:0.0} s after power-on");
        Screenshot start = WaitForPicture(machine, "the start screen", picture => Count(picture, (int)Theme.Selection) > 20_000);
        start.SavePng(Path.Combine(Screens, "appliance.png"));
        var layout = new TileLayout(Frame.Body(start.Width, start.Height), 5, 200);
        Assert.Equal((int)Theme.Selection, Middle(start, layout[0]));
        Assert.All([1, 2, 3, 4], i => Assert.Equal((int)Theme.Panel, Middle(start, layout[i])));

        machine.Press("right");
        WaitForPicture(machine, "that mail is chosen", picture => Middle(picture, layout[1]) == (int)Theme.Selection);

        machine.Press("3");
        machine.Serial.WaitFor("appliance: terminal");
        WaitForPicture(machine, "the terminal", picture => Count(picture, 0) > picture.Width * picture.Height * 3 / 4);
        machine.Type("tty > /dev/ttyS0; exit\n");
        machine.Serial.WaitFor(@"^mail\| .*/dev/tty1");
        machine.Serial.WaitFor(StartScreenShown);

        machine.Press("4");
        machine.Serial.WaitFor("appliance: settings");
        machine.Press("esc");
        machine.Serial.WaitFor(StartScreenShown);

        machine.Press("5");
        machine.Serial.WaitFor("foreground: menu");
        machine.Serial.WaitFor(MenuShown);
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: mail");
        WaitForPicture(machine, "the start screen again", picture => Middle(picture, layout[4]) == (int)Theme.Selection);
    });

    // A hypercore.conf of one's own that does not have the line yet.
    [Fact]
    public void StartScreen_WithoutTheProgramsDisk_SaysWhichLineIsMissing() => Boot(
        Esp.With(Configurations.With("0", Regex.Replace(Section, @"^disk .*\n", "", RegexOptions.Multiline))),
        machine =>
        {
            machine.Serial.WaitFor(@"^mail\| .*" + StartScreenShown);
            machine.Serial.WaitFor(@"^mail\| appliance: no disk with the programs: .* disk = \\EFI\\HyperCore\\appliance\\programs\.squashfs");
            WaitForPicture(machine, "the notice", picture => Count(picture, (int)Theme.Amber, Hint(picture)) > 1000)
                .SavePng(Path.Combine(Screens, "appliance-no-programs.png"));

            // The terminal goes without, and what is typed before its shell is there is for it.
            machine.Press("3");
            machine.Serial.WaitFor("appliance: terminal");
            machine.Type("tty > /dev/ttyS0; exit\n");
            machine.Serial.WaitFor(@"^mail\| .*/dev/tty1");
            machine.Serial.WaitFor(StartScreenShown);
        });

    // What a person gets who boots the image on a PC with a network card.
    [Fact]
    public void ShippedConfiguration_Countdown_EndsAtAWebPage() => Boot(
        Esp.AsBuilt(),
        new MachineOptions { Processors = 2, Arguments = ["-netdev", "user,id=net", "-device", "e1000e,netdev=net,romfile="] },
        machine =>
        {
            machine.Serial.WaitForScreen(@"Opening Mail and browser in \d+ s");
            WaitUntilConnected(machine);
            machine.Press("1");
            machine.Serial.WaitFor("appliance: browser");
            WaitForPicture(machine, "NetSurf's page", picture => Count(picture, 0x94ADFF) > 20_000).SavePng(Path.Combine(Screens, "appliance-browser.png"));
            Note($"the page is there {machine.Uptime.TotalSeconds:0.0} s after power-on");
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
        });

    // The line that says what the keys do, unless there is a notice.
    private static Rectangle Hint(Screenshot picture)
    {
        int height = Frame.BodyFont(picture.Width).Height;
        return new Rectangle(0, picture.Height - (Frame.Margin(picture.Width) / 2) - (2 * height), picture.Width, height);
    }

    // Between the number and the picture.
    private static int Middle(Screenshot picture, Rectangle tile) => picture[tile.Left + (tile.Width / 2), tile.Top + 12];
}
