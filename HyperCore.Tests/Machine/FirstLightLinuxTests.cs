using System.IO;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>A Linux VM: its boot, work in it, the way to the menu and back.</summary>
public class FirstLightLinuxTests(ITestOutputHelper output) : MachineTest(output)
{
    private const int Rounds = 10;
    private const string ShellOnSerial = @"^demo\| .*shell ready on /dev/ttyS0";

    // The one on the image, but for the VM that the countdown starts.
    private static string ShippedConfiguration(string vm) =>
        Regex.Replace(File.ReadAllText(Path.Combine(Repository.Root, "esp-image", "hypercore.conf")), @"(?<=^default *= )\w+", vm, RegexOptions.Multiline);

    [Fact]
    public void ShippedDemo_Countdown_StartsLinuxAndKeysTypeInIt() => Boot(Esp.With(ShippedConfiguration("demo")), machine =>
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.WaitForScreen(@"Starting Demo Linux in \d+ s");
        machine.Serial.WaitFor("vm: demo starting");
        machine.Serial.WaitFor("vm: demo running");
        machine.Serial.WaitFor("foreground: demo");
        machine.Serial.WaitFor(ShellOnSerial);
        Note($"the shell is ready {machine.Uptime.TotalSeconds:0.0} s after power-on");

        // What the screen shows, as the guest knows it.
        Command(machine, "while ! grep -q ready /dev/vcs1; do :; done; fold -w 160 /dev/vcs1 > /dev/ttyS0", @"shell ready on /dev/tty1");
        Screenshot before = machine.TakeScreenshot();
        Command(machine, "uname -a | tee /dev/ttyS0", @"^demo\| Linux demo \d+\..* x86_64 GNU/Linux");
        Screenshot after = machine.TakeScreenshot();
        after.SavePng(Path.Combine(Screens, "linux.png"));
        Assert.True(before.ShareDifferent(after) > 0.0001, "typing and the answer did not change the screen");
        Assert.True(after.CountColours() >= 2, "the screen has one colour");

        Command(machine, "cat /proc/interrupts /proc/cpuinfo | tee /dev/ttyS0", @"^demo\| .*IO-APIC.*i8042");
        machine.Serial.WaitFor(@"^demo\| model name\s*: .*EPYC");
        Assert.DoesNotMatch(@"demo\| .*(Kernel panic|Oops|BUG:|soft lockup)", machine.Serial.Text);
    });

    [Fact]
    public void Vmlinux_Enter_ReachesShell() => Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo", Configurations.Vmlinux))), machine =>
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Press("ret");
        machine.Serial.WaitFor("vm: demo running");
        machine.Serial.WaitFor(ShellOnSerial);
    });

    [Fact]
    public void Guest_PowersOffAndReboots_MenuSaysWhich() => Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo"))), machine =>
    {
        machine.Serial.WaitFor(ShellOnSerial);
        machine.Type("reboot -f\n");
        machine.Serial.WaitFor("vm: demo (starting|running)");
        machine.Serial.WaitFor(ShellOnSerial);
        machine.Type("poweroff -f\n");
        machine.Serial.WaitFor(@"vm: demo stopped reason="".*power");
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.WaitForScreen("stopped: powered off");
    });

    [Fact]
    public void Hotkey_GuestUnderLoad_ReturnsToMenuTenTimes() => Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo", Configurations.Vmlinux))), machine =>
    {
        for (int round = 1; round <= Rounds; round++)
        {
            machine.Serial.WaitFor("vm: demo running");
            machine.Serial.WaitFor(ShellOnSerial);
            Command(machine, "while :; do :; done & while :; do :; done & echo loaded > /dev/ttyS0", @"^demo\| loaded");

            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Press("p");
            machine.Serial.WaitFor("vm: demo paused");
            machine.Press("p");
            machine.Serial.WaitFor("vm: demo running");
            machine.Press("ret");
            machine.Serial.WaitFor("foreground: demo");
            Command(machine, "echo back > /dev/ttyS0", @"^demo\| back");

            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Press("s");
            machine.Press("s");
            machine.Serial.WaitFor("vm: demo stopped");
            machine.Press("ret");
            machine.Serial.WaitFor("vm: demo starting");
            Note($"round {round} ended {machine.Uptime.TotalSeconds:0.0} s after power-on");
        }

        machine.Serial.WaitFor(ShellOnSerial);
    });

    [Fact]
    public void NoScreen_MenuAndShellAreOnSerial() =>
        Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), new MachineOptions { Vga = "none" }, machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitForScreen("Demo demo");
            machine.Serial.Type("\r");
            machine.Serial.WaitFor("foreground: demo");
            machine.Serial.WaitFor(ShellOnSerial);
        });

    private static void Command(QemuMachine machine, string command, string answer)
    {
        machine.Type(command + "\n");
        machine.Serial.WaitFor(answer);
    }
}
