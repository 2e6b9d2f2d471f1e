using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The hotkeys, while both VMs are busy.</summary>
public class KvmSwitchLoadTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const int Switches = 100;
    private const int LongestPause = 120;

    // Linux, input-event-codes.h; struct input_event has 24 bytes: two words of time, type, code, value.
    private const string KeyX = "2d00";
    private const string EventOfKey = "0100";

    private static readonly string[] s_vms = ["one", "two"];

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void TwoBusyVms_HundredSwitchesAtRandomMoments_LoseNothing(int processors)
    {
        string conf = Configurations.With("0", Linux("one", 2), Linux("two", 2, "autostart = yes"));
        Boot(Esp.With(conf), new MachineOptions { Memory = "2G", Processors = processors }, machine =>
        {
            WaitForShell(machine, "one");
            WaitForShell(machine, "two");
            var before = new Screenshot[2];
            before[0] = Fill(machine, "one", "ls -l /bin");
            Next(machine, "two");
            before[1] = Fill(machine, "two", "cat /proc/cpuinfo");
            for (int i = 0; i < before.Length; i++)
            {
                before[i].SavePng(Path.Combine(Screens, $"load-{s_vms[i]}.png"));
            }

            Assert.True(before[0].ShareDifferent(before[1]) > 0.001, "both VMs show the same");

            SwitchAtRandom(machine);

            for (int i = 0; i < before.Length; i++)
            {
                Choose(machine, i + 1, s_vms[i]);
                Assert.Equal(0, before[i].ShareDifferent(WaitForStill(machine)));
            }

            CheckHeldKey(machine);
            for (int i = 0; i < before.Length; i++)
            {
                Choose(machine, i + 1, s_vms[i]);
                machine.Type("echo Alive_$((6*7)) > /dev/ttyS0\n");
                machine.Serial.WaitFor($"^{s_vms[i]}\\| Alive_42$");
                Assert.True(before[i].ShareDifferent(WaitForStill(machine)) > 0, "what was typed is not on the screen");
            }

            Assert.DoesNotMatch(LinuxComplaints, machine.Serial.Text);
        }, $"{nameof(TwoBusyVms_HundredSwitchesAtRandomMoments_LoseNothing)}-{processors}");
    }

    // Something to see on the screen, then work on every vCPU that prints nothing.
    private static Screenshot Fill(QemuMachine machine, string vm, string what)
    {
        Run(machine, vm, "dmesg -n 1; grep -c ^processor /proc/cpuinfo", "2$");
        Run(machine, vm, $"(clear; {what} | head -n 40; printf '\\033[?25l') > /dev/tty1 2>&1; echo filled", "filled");
        Run(machine, vm, "while :; do gzip -c /bin/busybox > /dev/null; done & dd if=/dev/zero of=/dev/null bs=64k & echo loaded", "loaded");
        return WaitForStill(machine, screen => screen.ShareNotBlack() > 0.01);
    }

    private void SwitchAtRandom(QemuMachine machine)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HYPERCORE_SEED"), out int given) ? given : Environment.TickCount;
        Note($"the moments are those of HYPERCORE_SEED={seed}");
        var random = new Random(seed);
        TimeSpan start = machine.Uptime;
        int foreground = 1;
        for (int i = 0; i < Switches; i++)
        {
            Thread.Sleep(random.Next(LongestPause));
            foreground = 1 - foreground;
            if (random.Next(4) == 0)
            {
                Choose(machine, foreground + 1, s_vms[foreground]);
            }
            else
            {
                Next(machine, s_vms[foreground]);
            }
        }

        Note($"{Switches} switches in {(machine.Uptime - start).TotalSeconds:0.0} s");
    }

    // A key that is down while the switch moves on is released for the VM that saw it pressed, and never seen by the other one.
    private static void CheckHeldKey(QemuMachine machine)
    {
        Choose(machine, 2, "two");
        Listen(machine, "two");
        Choose(machine, 1, "one");
        Listen(machine, "one");
        machine.SetKey("x", true);
        Run(machine, "one", "while ! hexdump -v -e '24/1 \"%02x\" \"\\n\"' /tmp/keys | grep -q 01002d0001000000; do :; done; echo pressed", "pressed");
        Next(machine, "two");
        machine.SetKey("x", false);
        machine.Press("shift_r");
        Assert.DoesNotContain(Keys(machine, "two"), key => key.Code == KeyX && key.Value != 0);
        Choose(machine, 1, "one");
        machine.Press("shift_r");
        (string Code, int Value)[] keys = Keys(machine, "one");
        foreach (string code in new[] { KeyX, "1d00", "3800" })
        {
            Assert.Equal(0, Array.FindLast(keys, key => key.Code == code).Value);
        }

        // What was typed meanwhile is not to be in the way of what comes: Ctrl+U.
        machine.Press("ctrl", "u");
    }

    private static void Listen(QemuMachine machine, string vm) => Run(
        machine,
        vm,
        "for e in /dev/input/event*; do cat $e >> /tmp/keys & done; n=$(ls /dev/input/event* | wc -l); "
            + "while [ $(ls -l /proc/[0-9]*/fd 2> /dev/null | grep -c /dev/input/event) -lt $n ]; do :; done; echo listening",
        "listening");

    // The keyboard events that a VM has seen; the last one was the release of the right Shift.
    private static (string Code, int Value)[] Keys(QemuMachine machine, string vm)
    {
        string dump = "hexdump -v -e '24/1 \"%02x\" \"\\n\"' /tmp/keys";
        Run(machine, vm, $"while ! {dump} | grep -q 0100360000000000; do :; done; {dump} | grep '0100....0[012]000000$'; echo dumped", "dumped");
        MatchCollection events = Regex.Matches(machine.Serial.Text, $@"^{vm}\| [0-9a-f]{{32}}{EventOfKey}([0-9a-f]{{4}})([0-9a-f]{{2}})000000$", RegexOptions.Multiline);
        var keys = new (string, int)[events.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (events[i].Groups[1].Value, Convert.ToInt32(events[i].Groups[2].Value, 16));
        }

        return keys;
    }
}
