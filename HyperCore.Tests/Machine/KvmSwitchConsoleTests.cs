using System;
using System.IO;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The menu as a management console, while guests work.</summary>
public class KvmSwitchConsoleTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string ShellOnSerial = @"^demo\| .*shell ready on /dev/ttyS0";
    private const string Canary = "canary-42";

    private static string TwoVcpus => Configurations.Linux("demo", Configurations.Vmlinux, "192M") + "\ncpus = 2";

    private static string Missing => Configurations.Linux("lost", @"\EFI\HyperCore\nowhere\vmlinuz", "128M");

    private static string Other => Configurations.Linux("other", memory: "128M");

    [Fact]
    public void Console_GuestWorks_FiguresMoveAndItsWordsCanBeRead() =>
        Boot(Esp.With(Configurations.With("0", TwoVcpus, Other, Missing)), new MachineOptions { Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor(ShellOnSerial);
            machine.Serial.Type("while :; do :; done &\n");

            // Again and again: the log page shows the last lines only.
            machine.Serial.Type("while :; do echo canary-$((40+2)) $(cat /proc/loadavg); sleep 1; done &\n");
            machine.Serial.WaitFor($@"^demo\| {Canary}");
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");

            // The list: a busy VM, one that is off, one that cannot start. The VM that had the screen is chosen.
            machine.Serial.WaitForScreen(@"1 +Demo demo.*running +192M +2 +[1-9]\d+ % +[1-9][\dk ]* ");
            machine.Serial.WaitForScreen("2 +Demo other.*stopped +128M +1 ");
            machine.Serial.WaitForScreen("3 +Demo lost.*failed +128M +1 ");
            machine.Serial.WaitForScreen(@"Ctrl\+Alt\+Home +Menu .*Ctrl\+Alt\+PgDn +Next VM");
            machine.Serial.WaitForScreen(@"VMs' load +[1-9]\d+ % of 2 pCPUs");
            Take(machine, "console-menu");

            machine.Press("i");
            machine.Serial.WaitForScreen("Virtual processors");
            machine.Serial.WaitForScreen(@"^. +0 +(running|ready|halted) +[01] +\d+ % ");
            machine.Serial.WaitForScreen(@"^. +1 +(running|ready|halted) +[01] +\d+ % ");
            machine.Serial.WaitForScreen("Exits by reason");
            WaitForChange(machine, @"Exits +(\d[\d ]*), ");
            WaitForChange(machine, @"Uptime +(\d+:\d\d:\d\d)");
            Take(machine, "console-info");

            machine.Press("l");
            machine.Serial.WaitForScreen(Canary);
            machine.Serial.WaitForScreen(@" of \d+, following");
            WaitForChange(machine, @"of (\d+), following");
            Take(machine, "console-log");
            machine.Press("home");
            machine.Serial.WaitForScreen(@" \d+–\d+ of \d+  ");
            machine.Press("end");
            machine.Serial.WaitForScreen("following");
            machine.Press("tab");
            machine.Serial.WaitForScreen("foreground: menu");
            machine.Serial.Type("\t");
            machine.Serial.WaitForScreen(Canary);
            machine.Press("esc");

            // Keys that may lose work ask, or have the guest shut down by itself.
            machine.Serial.WaitForScreen("Virtual machines");
            machine.Press("r");
            machine.Serial.WaitForScreen("Press r again to reset it");
            machine.Press("s");
            machine.Serial.WaitForScreen("Press s again to stop it");
            Take(machine, "console-stop");
            machine.Press("s");
            machine.Serial.WaitFor("vm: demo stopped");
            machine.Serial.WaitForScreen("1 +Demo demo.* stopped");
        });

    private static void Take(QemuMachine machine, string name) => machine.TakeScreenshot().SavePng(Path.Combine(Screens, name + ".png"));

    /// <summary>Waits until a figure on the terminal is another one than it is now.</summary>
    private static void WaitForChange(QemuMachine machine, string pattern)
    {
        string now = machine.Serial.WaitForScreen(pattern).Groups[1].Value;
        machine.Serial.WaitForScreen(pattern.Replace("(", $"(?!{Regex.Escape(now)}\\b)(", StringComparison.Ordinal));
    }
}
