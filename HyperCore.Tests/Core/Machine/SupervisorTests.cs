using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using HyperCore.Core.Console;
using HyperCore.Core.Exits;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class SupervisorTests
{
    private const string TwoVms = TestMachine.TwoVms;

    private const string OneVm = """
        [hypercore]
        timeout = none
        [vm a]
        kernel = \k
        memory = 4M

        """;

    [Fact]
    public void Start_AutostartedVms_AreLoggedAsPromised()
    {
        using var machine = new TestMachine(TwoVms);
        machine.Supervisor.Start();

        Assert.Equal(
            [
                "foreground: menu", "menu: shown", "vm: a starting", "vm: a running cpus=1 memory=4M", "vm: b starting",
                "vm: b running cpus=1 memory=8M",
            ],
            machine.Lines);
        Assert.Equal("[    0.000000] info  foreground: menu", machine.FirstWholeLine);
    }

    [Fact]
    public void Enter_VmInTheMenu_StartsAndComesToTheForeground()
    {
        using var machine = new TestMachine(OneVm);
        machine.Supervisor.Start();
        machine.Lines.Clear();

        machine.Open(0);

        Assert.Equal(["vm: a starting", "vm: a running cpus=1 memory=4M", "foreground: a"], machine.Lines);
        Assert.Equal(VmState.Running, machine.Vms[0].State);
    }

    [Fact]
    public void Countdown_Ends_TheDefaultVmComesToTheForeground()
    {
        using var machine = new TestMachine("[hypercore]\ndefault = b\ntimeout = 2\n[vm a]\nkernel = \\k\nmemory = 4M\n[vm b]\nkernel = \\k\nmemory = 4M\n");
        machine.Supervisor.Start();
        machine.Run(20);

        Assert.Equal("b", machine.Foreground);
        Assert.InRange(machine.Host.FakeClock.Now, 2_000_000_000ul, 2_500_000_000ul);
    }

    [Fact]
    public void Keys_GoToTheForegroundVmOnly()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);
        machine.ReadKeyboard(0);

        machine.Type(0x1E, 0x9E, 0xE0, 0x48, 0xE0, 0xC8);

        Assert.Equal("1E9EE048E0C8", machine.ReadKeyboard(0));
        Assert.Equal("", machine.ReadKeyboard(1));
    }

    [Fact]
    public void Hotkey_NeverReachesTheGuest_WhichSeesItsKeysReleased()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);
        machine.ReadKeyboard(0);

        machine.Type(0x1E, 0x1D, 0x38);
        Assert.Equal("1E1D38", machine.ReadKeyboard(0));
        machine.Type(0xE0, 0x47, 0xE0, 0x47, 0xE0, 0xC7, 0xB8, 0x9D, 0x9E);

        Assert.Equal("menu", machine.Foreground);
        string released = machine.ReadKeyboard(0);
        Assert.Equal(6, released.Length);
        Assert.Contains("9E", released, StringComparison.Ordinal);
        Assert.Contains("9D", released, StringComparison.Ordinal);
        Assert.Contains("B8", released, StringComparison.Ordinal);
    }

    [Fact]
    public void NextHotkey_GoesRoundTheRunningVms()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);

        machine.Type(0x1D, 0x38, 0xE0, 0x51, 0xE0, 0xD1);
        Assert.Equal("b", machine.Foreground);
        machine.Type(0xE0, 0x51, 0xE0, 0xD1);
        Assert.Equal("a", machine.Foreground);
    }

    [Fact]
    public void Hotkey_WhileTheGuestNeverStopsRunning_ShowsTheMenu()
    {
        using var machine = Started(OneVm);
        machine.Open(0);
        machine.Run(5);
        machine.Hotkey();

        Assert.Equal("menu", machine.Foreground);
    }

    [Fact]
    public void AnyKeys_BackgroundVmsSeeNothingAndWhoLosesTheKeyboardHoldsNothing()
    {
        byte[][] keys = [[0x1E], [0x9E], [0x1D], [0x9D], [0x38], [0xB8], [0xE0, 0x47], [0xE0, 0xC7], [0xE0, 0x51], [0xE0, 0xD1], [2], [3], [0x1C], [0x9C], [0x2A], [0xAA]];
        Gen.Int[0, keys.Length - 1].Array[1, 60].Sample(
            choices =>
            {
                using var machine = Started(TwoVms);
                var down = new HashSet<string>[] { [], [] };
                foreach (int choice in choices)
                {
                    string before = machine.Foreground;
                    machine.Type(keys[choice]);
                    string after = machine.Foreground;
                    for (int vm = 0; vm < 2; vm++)
                    {
                        string name = machine.Vms[vm].Config.Name;
                        string seen = machine.ReadKeyboard(vm);
                        Track(down[vm], seen);
                        Assert.True(seen.Length == 0 || name == before || name == after, $"{name} saw {seen}");
                        Assert.True(name == after || down[vm].Count == 0, $"{name} holds keys in the background");
                        Assert.True(name == before || name != after || seen.Length == 0, $"{name} saw {seen} of the key that showed it");
                    }
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void HidNo_VmSeesNoKeys()
    {
        using var machine = Started(OneVm + "hid = no\n");
        machine.Open(0);
        machine.Type(0x1E, 0x9E);

        Assert.Equal("", machine.ReadKeyboard(0));
        machine.Hotkey();
        Assert.Equal("menu", machine.Foreground);
    }

    [Fact]
    public void SerialKeys_GoToTheForegroundVmAndCtrlBracketReturnsToTheMenu()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);

        machine.TypeOnSerial("x");
        Assert.Equal(("x", ""), (machine.ReadSerial(0), machine.ReadSerial(1)));
        machine.TypeOnSerial("\u001D");
        Assert.Equal("menu", machine.Foreground);
        Assert.Equal("", machine.ReadSerial(0));
    }

    [Fact]
    public void SerialMenuKey_BehindMuchThatTheGuestDoesNotRead_StillReturnsToTheMenu()
    {
        using var machine = Started(OneVm);
        machine.Open(0);

        machine.TypeOnSerial(new string('x', 10_000) + "\u001D");
        Assert.Equal("menu", machine.Foreground);
    }

    [Fact]
    public void SerialKeys_TypedAhead_AreDeliveredInOrder()
    {
        using var machine = Started(OneVm);
        machine.Open(0);

        machine.TypeOnSerial("uname -a");
        string read = "";
        for (int i = 0; i < 20; i++)
        {
            read += machine.ReadSerial(0);
            machine.Run();
        }

        Assert.Equal("uname -a", read);
    }

    [Fact]
    public void SerialKeys_TypedAheadForOneVm_NeverReachAnother()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);
        machine.TypeOnSerial("secret");
        machine.Type(0x1D, 0x38, 0xE0, 0x51, 0xE0, 0xD1);
        Assert.Equal("b", machine.Foreground);
        machine.Run(3);

        Assert.Equal("", machine.ReadSerial(1));
        machine.Type(0xE0, 0x51, 0xE0, 0xD1);
        machine.ReadSerial(0);
        machine.Run(3);
        Assert.Equal("", machine.ReadSerial(0));
    }

    [Theory]
    [InlineData("off", "", "stop")]
    [InlineData("off", "on-poweroff = restart\n", "restart")]
    [InlineData("reset", "", "restart")]
    [InlineData("reset", "on-reset = stop\n", "stop")]
    [InlineData("crash", "", "stop")]
    [InlineData("crash", "on-crash = restart\n", "restart")]
    public void End_ByTheGuest_DoesAsConfigured(string how, string setting, string expected)
    {
        using var machine = Started(OneVm + setting);
        machine.Open(0);
        machine.Lines.Clear();
        string reason = End(machine, how);
        machine.Run();

        Check(machine, expected, how == "crash" && expected == "stop" ? "failed" : "stopped", reason);
    }

    [Theory]
    [InlineData("off", "")]
    [InlineData("reset", "")]
    [InlineData("crash", "")]
    [InlineData("crash", "on-crash = restart\n")]
    public void LastWords_StandBeforeTheLineThatSaysHowTheVmEnded(string how, string setting)
    {
        using var machine = Started(OneVm + setting);
        machine.Log.AddSink(new SerialLogSink(machine.Mirror));
        machine.Open(0);
        string words = string.Concat(Enumerable.Range(1, 60).Select(number => $"word {number}\n")) + "and no line end";
        string reason = End(machine, how);
        machine.WriteSerial(0, words);
        machine.Run();

        Assert.Matches(@"a\| word 59\s+a\| word 60\s+a\| and no line end\s[^|]*vm: a (stopped|failed) reason=""" + reason, Plain(machine));
    }

    [Fact]
    public void HaltWithInterruptsOff_EndsTheVm()
    {
        using var machine = Started(OneVm);
        machine.Open(0);
        machine.Lines.Clear();
        machine.Cpus[0].Rflags = 2;
        machine.Cpus[0].Exits.Enqueue(new VmExit { Reason = ExitReason.Halt, NextRip = 1 });
        machine.Run();

        Assert.Equal("vm: a failed reason=\"halted with interrupts off: nothing can wake it, RIP 0x1\"", machine.Lines[0]);
    }

    [Fact]
    public void EndedVm_GivesItsMemoryBack()
    {
        using var machine = Started(OneVm);
        ulong free = machine.FreeMemory;
        for (int i = 0; i < 10; i++)
        {
            machine.Open(0);
            Assert.True(machine.FreeMemory < free);
            machine.Hotkey();
            machine.Type(0x1F, 0x9F, 0x1F, 0x9F); // s twice: nobody listens to the power button
            Assert.Equal(free, machine.FreeMemory);
            Assert.Equal("vm: a stopped reason=\"stopped from the menu\"", machine.Lines[^1]);
        }
    }

    [Fact]
    public void VmThatDoesNotFit_FailsWithAReason()
    {
        using var machine = Started(OneVm.Replace("4M", "512M", StringComparison.Ordinal));
        machine.Lines.Clear();
        machine.Open(0);

        Assert.Equal("vm: a starting", machine.Lines[0]);
        Assert.StartsWith("vm: a failed reason=\"memory = 512M is more than the machine has free", machine.Lines[1], StringComparison.Ordinal);
        Assert.Equal(2, machine.Lines.Count); // the menu stays
    }

    [Fact]
    public void Pause_TakesTheVmOffTheProcessorUntilItIsResumed()
    {
        using var machine = Started(OneVm);
        machine.Open(0);
        machine.Hotkey();
        machine.Type(0x19, 0x99); // p
        Assert.Equal("vm: a paused", machine.Lines[^1]);
        int runs = machine.Cpus[0].Runs;
        machine.Run(5);
        Assert.Equal(runs, machine.Cpus[0].Runs);

        machine.Type(0x19, 0x99);
        Assert.Equal("vm: a running cpus=1 memory=4M", machine.Lines[^1]);
        machine.Run(5);
        Assert.True(machine.Cpus[0].Runs > runs);
    }

    [Fact]
    public void ExtendedState_OfAVmThatWasStartedAgain_IsLoadedAnew()
    {
        using var machine = Started(TwoVms.Replace("autostart = yes\n[vm b]", "[vm b]", StringComparison.Ordinal).Replace("autostart = yes", "", StringComparison.Ordinal));
        machine.Open(0);
        machine.Run(3);
        Assert.Equal((1, 0), (machine.Cpus[0].Loads, machine.Cpus[0].Saves));
        machine.Hotkey();
        machine.Type(0x13, 0x93, 0x13, 0x93); // r twice

        machine.Run(3);
        Assert.Equal((2, 0), (machine.Cpus[0].Loads, machine.Cpus[0].Saves));

        machine.Type(0x1F, 0x9F, 0x1F, 0x9F); // s twice: nobody listens to the power button
        machine.Open(0);
        machine.Run(3);
        Assert.Equal((3, 0), (machine.Cpus[0].Loads, machine.Cpus[0].Saves));
    }

    [Fact]
    public void ExtendedState_ChangesHandsOnlyWithTheVm()
    {
        using var machine = Started(TwoVms);
        machine.Run(100);

        // Whole slices of 10 ms in turn, with exits every millisecond.
        Assert.InRange(machine.Cpus[0].Loads, 2, 10);
        Assert.InRange(machine.Cpus[0].Runs, 40, 60);
        Assert.InRange(machine.Cpus[0].Loads - machine.Cpus[0].Saves, 0, 1);
    }

    [Fact]
    public void BackgroundVm_GetsItsShareAndTheForegroundVmWholeSlices()
    {
        using var machine = Started(TwoVms);
        machine.Open(0);
        int a = machine.Cpus[0].Runs;
        int b = machine.Cpus[1].Runs;
        machine.Run(120);

        // 10 ms for a, 20 % of it for b.
        Assert.InRange(machine.Cpus[0].Runs - a, 90, 110);
        Assert.InRange(machine.Cpus[1].Runs - b, 10, 30);
    }

    [Fact]
    public void GuestLines_AreWrittenWithTheVmsName()
    {
        using var machine = Started(TwoVms);
        machine.WriteSerial(0, "Linux version\r\n");
        machine.WriteSerial(1, "other\n");
        machine.Run();

        Assert.Contains("a| Linux version\r\n", Plain(machine), StringComparison.Ordinal);
        Assert.Contains("b| other\r\n", Plain(machine), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_AreShownAfterAWhile_OfEveryVm()
    {
        using var machine = Started(TwoVms);
        machine.WriteSerial(0, "a login: ");
        machine.WriteSerial(1, "b login: ");
        machine.Run();
        Assert.DoesNotContain("login", Plain(machine), StringComparison.Ordinal);

        machine.Run(400);
        Assert.Contains("a| a login: ", Plain(machine), StringComparison.Ordinal);
        Assert.Contains("b| b login: ", Plain(machine), StringComparison.Ordinal);
    }

    [Fact]
    public void LineFinishedLate_LeavesNoTimerInThePast()
    {
        using var machine = Started(OneVm);
        machine.Open(0);
        machine.WriteSerial(0, "half ");
        machine.Run();
        machine.WriteSerial(0, "and half\n");
        machine.Run(500);

        Assert.Contains("a| half and half\r\n", Plain(machine), StringComparison.Ordinal);
        Assert.True(machine.Host.ArmedTimer == VirtualTimer.Never || machine.Host.ArmedTimer + 5_000_000 > machine.Host.FakeClock.Now);
    }

    [Fact]
    public void LostOutput_IsSaidEvenWhenNothingFollows()
    {
        using var machine = Started(OneVm);
        machine.Open(0);
        for (int i = 0; i < 1000; i++)
        {
            machine.WriteSerial(0, $"line number {i}\n");
        }

        machine.Run(200);
        Assert.Contains("a| [output was lost", Plain(machine), StringComparison.Ordinal);
    }

    [Fact]
    public void IdleMachine_SleepsUntilTheMenuIsDue()
    {
        using var machine = Started(OneVm);
        machine.Run(10);

        Assert.Equal(10, machine.Host.Sleeps);
        Assert.InRange(machine.Host.FakeClock.Now, 2_000_000_000ul, 2_600_000_000ul);
    }

    [Fact]
    public void Q_AsksThenPowersOff()
    {
        using var machine = Started(OneVm);
        machine.Type(0x10, 0x90);
        Assert.Equal(0, machine.Host.PowerOffs);
        machine.Type(0x15, 0x95);

        Assert.Equal(1, machine.Host.PowerOffs);
        Assert.Equal("hypercore: power off", machine.Lines[^1]);
    }

    private static TestMachine Started(string configuration)
    {
        var machine = new TestMachine(configuration);
        machine.Supervisor.Start();
        return machine;
    }

    /// <summary>The guest ends its VM; the answer is the reason that is written.</summary>
    private static string End(TestMachine machine, string how)
    {
        switch (how)
        {
            case "off":
                machine.Out(0, 0x604, 2, 0x3400);
                return "powered off";
            case "reset":
                machine.Out(0, 0xCF9, 1, 6);
                return "reset by port CF9h";
            default:
                machine.Cpus[0].Rip = 0x1234;
                machine.Cpus[0].Exits.Enqueue(new VmExit { Reason = ExitReason.Shutdown });
                return "triple fault: the guest could not handle an exception, RIP 0x1234";
        }
    }

    private static void Check(TestMachine machine, string expected, string state, string reason)
    {
        if (expected == "stop")
        {
            Assert.Equal([$"vm: a {state} reason=\"{reason}\"", "foreground: menu", "menu: shown"], machine.Lines);
            Assert.False(machine.Vms[0].IsAlive);
            Assert.Equal(reason, machine.Vms[0].StopReason.Text.ToString());
        }
        else
        {
            Assert.Equal(
                [$"vm: a {state} reason=\"{reason}\"", "vm: a starting", "vm: a running cpus=1 memory=4M"], machine.Lines);
            Assert.True(machine.Vms[0].IsAlive);
        }
    }

    private static void Track(HashSet<string> down, string bytes)
    {
        string prefix = "";
        for (int i = 0; i < bytes.Length; i += 2)
        {
            string code = bytes.Substring(i, 2);
            if (code == "E0")
            {
                prefix = code;
                continue;
            }

            int value = Convert.ToInt32(code, 16);
            string key = prefix + (value & 0x7F);
            _ = (value & 0x80) != 0 ? down.Remove(key) : down.Add(key);
            prefix = "";
        }
    }

    // The serial line without the sequences that place the cursor.
    private static string Plain(TestMachine machine) =>
        System.Text.RegularExpressions.Regex.Replace(machine.Host.SerialOutput, "\u001B\\[[0-9;?]*[A-Za-z]", "");
}
