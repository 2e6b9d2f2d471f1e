using System.IO;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>From the firmware to the menu, and what can be done there.</summary>
public class FirstLightMenuTests(ITestOutputHelper output) : MachineTest(output)
{
    [Fact]
    public void Menu_AfterBoot_IsOnScreenAndSerial() => Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), machine =>
    {
        machine.Serial.WaitFor(VersionLine);
        machine.Serial.WaitFor("foreground: menu");
        machine.Serial.WaitFor(MenuShown);
        Note($"the menu is shown {machine.Uptime.TotalSeconds:0.0} s after power-on");

        machine.Serial.WaitForScreen("HyperCore");
        machine.Serial.WaitForScreen("Virtual machines");
        machine.Serial.WaitForScreen("Demo demo.*256M");
        machine.Serial.WaitForScreen("This machine");

        Screenshot picture = machine.TakeScreenshot();
        picture.SavePng(Path.Combine(Screens, "menu.png"));
        Assert.True(picture.CountColours() >= 8, $"the menu has {picture.CountColours()} colours");
        Assert.True(picture.ShareNotBlack() > 0.05, $"{picture.ShareNotBlack():p} of the menu is not black");
    });

    [Fact]
    public void Menu_KeysOfKeyboardAndSerial_TurnPagesAndAskBeforePowerOff() => Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), machine =>
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.Type("i");
        machine.Serial.WaitForScreen("Esc.*Back");
        machine.Press("esc");
        machine.Serial.WaitForScreen("Enter.*Start");
        machine.Press("l");
        machine.Serial.WaitForScreen("hypercore: version=");
        machine.Serial.Type("l");
        machine.Serial.WaitForScreen("Enter.*Start");

        machine.Press("q");
        machine.Serial.WaitForScreen("Power off");
        machine.Serial.Type("n");
        machine.Press("q");
        machine.Press("y");
        machine.Serial.WaitFor("hypercore: power off");
        machine.WaitForPowerOff();
    });

    [Fact]
    public void Menu_TwoProcessors_AreCounted() =>
        Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), new MachineOptions { Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* pcpus=2 ");
            machine.Serial.WaitFor(MenuShown);
        });
}
