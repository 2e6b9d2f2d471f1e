using System;
using System.Linq;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>
/// One description, every machine: what HyperCore does on AMD SVM in QEMU it does on Bochs's AMD processor and on its Intel ones too. Tests reach the
/// machine by COM1, the one thing that all of them have.
/// </summary>
public class IntelBackEndTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const int Rounds = 3;

    // Two kernels boot on one thread of an emulator that carries out 30 to 100 million instructions a second.
    private static readonly TimeSpan s_bootLimit = 4 * QemuMachine.Limit;

    /// <summary>The machines, by name.</summary>
    public static TheoryData<string> Machines => [.. BackEnd.All.Select(backEnd => backEnd.Name)];

    /// <summary>Those that boot Linux in a minute or two, or all of them, which take more than ten.</summary>
    public static TheoryData<string> LinuxMachines =>
        Environment.GetEnvironmentVariable("HYPERCORE_EVERY_MACHINE") is "1" ? Machines : ["qemu", "ryzen", "skylake", "sandy-bridge"];

    [Theory]
    [MemberData(nameof(Machines))]
    public void MenuAndTestGuest_OnAnyMachine_Pass(string name)
    {
        BackEnd backEnd = BackEnd.Named(name);
        Boot(Esp.With(Configurations.With("none", TestGuest("guest", "", "memory = 64M"))), backEnd.With(processors: 2, megabytes: 512), machine =>
        {
            Assert.EndsWith($" virt={backEnd.Virtualization}", Regex.Match(machine.Serial.WaitFor(VersionLine).Value, @".* virt=\w+").Value);
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitForScreen("Virtual machines");
            machine.Serial.Type("i");
            machine.Serial.WaitForScreen("Esc.*Back");
            machine.Serial.Type("\u001b");
            machine.Serial.WaitForScreen("Enter.*Start");
            machine.Serial.Type("1\r");
            Match end = machine.Serial.WaitFor(@"^guest\| testguest: (\d+) passed, (\d+) failed");
            foreach (Match result in Regex.Matches(machine.Serial.Text, @"^guest\| testguest: \S+ (ok|FAILED.*|skipped.*)$", RegexOptions.Multiline))
            {
                Note(result.Value);
            }

            Assert.Equal("0", end.Groups[2].Value);
            Assert.True(int.Parse(end.Groups[1].Value) > 20, "hardly anything was tested");
            Note($"all of it took {machine.Uptime.TotalSeconds:0.0} s");
        });
    }

    [Theory]
    [MemberData(nameof(LinuxMachines))]
    public void LinuxWithOneAndWithTwoVcpus_OnAnyMachine_TakeTurnsInTheForeground(string name)
    {
        string conf = Configurations.With("0", Quiet("one", 1), Quiet("two", 2));
        BackEnd backEnd = BackEnd.Named(name);

        // One processor in Bochs: see docs/testing.md for what its second does to a guest's exceptions.
        Boot(Esp.With(conf), backEnd.With(backEnd.Qemu is null ? 1 : 2, megabytes: 1024), machine =>
        {
            machine.Serial.WaitFor("vm: one running cpus=1 ");
            foreach (string vm in new[] { "one", "two" })
            {
                WaitForShell(machine, vm, s_bootLimit);
                Note($"{vm} has a shell {machine.Uptime.TotalSeconds:0.0} s after power-on");
            }

            Answer(machine, "one", 1);
            for (int round = 0; round < Rounds; round++)
            {
                ChooseBySerial(machine, 2, "two");
                Answer(machine, "two", 2);
                ChooseBySerial(machine, 1, "one");
                Answer(machine, "one", 1);
            }

            Assert.DoesNotMatch(LinuxComplaints, machine.Serial.Text);
            Note($"all of it took {machine.Uptime.TotalSeconds:0.0} s");
        });
    }

    // What a kernel says on its way costs an exit or two a letter.
    private static string Quiet(string name, int processors) => Linux(name, processors, "autostart = yes").Replace("loglevel=6", "quiet", StringComparison.Ordinal);

    // What is computed here, and on how many processors.
    private static void Answer(TestMachine machine, string vm, int processors)
    {
        machine.Serial.Type("echo $((6*7)) on $(nproc), $(grep -o -m1 'svm\\|vmx' /proc/cpuinfo || echo none of them)\n");
        machine.Serial.WaitFor($@"^{vm}\| 42 on {processors}, none of them");
    }

    private static void ChooseBySerial(TestMachine machine, int number, string vm)
    {
        machine.Serial.Type(SerialMenuKey);
        machine.Serial.WaitFor("foreground: menu");
        machine.Serial.Type($"{number}\r");
        machine.Serial.WaitFor($"foreground: {vm}$");
    }
}
