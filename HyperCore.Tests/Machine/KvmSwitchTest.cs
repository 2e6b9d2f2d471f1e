using System;
using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading;
using HyperCore.Tests.Harness;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>What tests with several VMs have in common.</summary>
public abstract class KvmSwitchTest(ITestOutputHelper output) : MachineTest(output)
{
    /// <summary>What Linux prints when time, scheduling or an interrupt was not as it has to be.</summary>
    protected const string LinuxComplaints =
        @"\| .*(rcu: INFO|soft lockup|hard LOCKUP|clocksource: .*unstable|hung_task|blocked for more than|Kernel panic|Oops|BUG:|nobody cared|lost interrupt)";

    /// <summary>Ctrl+] on the serial line: to the menu.</summary>
    protected const string SerialMenuKey = "\x1d";

    /// <summary>The section of a VM that runs Linux.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="processors">Its vCPUs.</param>
    /// <param name="more">More lines.</param>
    private protected static string Linux(string name, int processors, string more = "") =>
        Configurations.Linux(name, Configurations.Vmlinux) + $"\ncpus = {processors}\n{more}";

    /// <summary>The section of a VM that runs the test guest.</summary>
    private protected static string TestGuest(string name, string words, string more = "") => $"""
        [vm {name}]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        cmdline = {words}
        {more}
        """;

    /// <summary>Waits until a Linux VM has a shell.</summary>
    private protected static void WaitForShell(TestMachine machine, string vm, TimeSpan? limit = null) =>
        machine.Serial.WaitForFirst($@"^{vm}\| .*shell ready on /dev/ttyS0", limit);

    /// <summary>Types a command on the serial line, for the VM in the foreground, and waits for its answer.</summary>
    private protected static Match Run(TestMachine machine, string vm, string command, string answer)
    {
        machine.Serial.Type(command + "\n");
        return machine.Serial.WaitFor($@"^{vm}\| {answer}");
    }

    /// <summary>Points the switch at the next VM.</summary>
    private protected static void Next(QemuMachine machine, string vm)
    {
        machine.Press("ctrl", "alt", "pgdn");
        machine.Serial.WaitFor($"foreground: {vm}$");
    }

    /// <summary>Points the switch at a VM by the menu.</summary>
    private protected static void Choose(QemuMachine machine, int number, string vm)
    {
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor(MenuShown);
        machine.Press(number.ToString());
        machine.Press("ret");
        machine.Serial.WaitFor($"foreground: {vm}$");
    }

    /// <summary>Two pictures in a row are the same. A screen has no event to wait for.</summary>
    private protected static Screenshot WaitForStill(QemuMachine machine, Func<Screenshot, bool>? isRight = null)
    {
        var watch = Stopwatch.StartNew();
        Screenshot last = machine.TakeScreenshot();
        while (true)
        {
            Thread.Sleep(200);
            Screenshot screen = machine.TakeScreenshot();
            if (last.ShareDifferent(screen) == 0 && isRight?.Invoke(screen) != false)
            {
                return screen;
            }

            last = screen;
            if (watch.Elapsed > QemuMachine.Limit)
            {
                throw new MachineTimeoutException("the screen did not become what was expected", machine.Serial.Text);
            }
        }
    }
}
