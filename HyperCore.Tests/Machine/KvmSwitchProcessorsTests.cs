using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>All processors of the machine: that they are taken, and what happens when one fails.</summary>
public class KvmSwitchProcessorsTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string TestImage = "HyperCore.PanicTest.efi";
    private const string Switch = "/EFI/HyperCore/test-switch";
    private const string Config = "/EFI/HyperCore/hypercore.conf";
    private const string DebugLog = "[hypercore]\nlog = debug\ntimeout = none\n";

    public static TheoryData<int, string> Machines() => new()
    {
        { 1, Qemu.DefaultCpu },
        { 2, Qemu.DefaultCpu },
        { 4, "EPYC" },

        // QEMU before 9.0 has no x2APIC and says so; HyperCore has to take the processors all the same.
        { 4, "EPYC,+x2apic" },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void EveryProcessor_OfTheMachine_ComesOnlineAndAnswers(int processors, string cpu) =>
        Boot(Esp.With(DebugLog), new MachineOptions { Processors = processors, Cpu = cpu }, machine =>
        {
            machine.Serial.WaitFor($"hypercore: version=.* pcpus={processors} ");
            for (int i = 0; i < processors; i++)
            {
                Note(machine.Serial.WaitFor($@"debug pcpu: {i} online apic=\d+ .*").Value);
            }

            machine.Serial.WaitFor(MenuShown);
            Assert.DoesNotMatch("left out", machine.Serial.Text);
            machine.Serial.WaitForScreen($@"Processors +{processors}\b");
        });

    [Fact]
    public void NoMadt_ProcessorsOfTheFirmware_ComeOnline() =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, "no-madt"), new MachineOptions { Processors = 3 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* pcpus=3 ");
            machine.Serial.WaitFor("debug pcpu: 0 online .* from=MP services");
            machine.Serial.WaitFor("debug pcpu: 2 online ");
            machine.Serial.WaitFor(MenuShown);
        });

    [Theory]
    [InlineData("pcpu-locked", "SVM is locked off by the firmware")]
    [InlineData("pcpu-silent", "it did not start within")]
    public void OneProcessor_CannotBeUsed_IsNamedAndLeftOut(string kind, string reason) =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, kind), new MachineOptions { Processors = 4 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* virt=svm pcpus=3 ");
            machine.Serial.WaitFor($"warn.* pcpu: the processor with APIC ID 1 is left out: {reason}");
            machine.Serial.WaitFor("debug pcpu: 2 online apic=3 ");
            machine.Serial.WaitFor(MenuShown);
        });

    [Theory]
    [InlineData("pcpu 2 null", 2, "#PF")]
    [InlineData("pcpu 3 throw", 3, "provoked by a test")]
    [InlineData("pcpu 1 stack", 1, "stack is used up")]
    public void InternalError_OnAnyProcessor_NamesItAndStopsAll(string kind, int pcpu, string message) =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, kind), new MachineOptions { Processors = 4 }, machine =>
        {
            machine.Serial.ExpectsPanic = true;
            machine.Serial.WaitFor("^panic: .*(" + message + ")");
            machine.Serial.WaitFor($@"^ +version=\S+ pcpu={pcpu} image=[0-9a-f]{{16}}");
            machine.Serial.WaitForQuiet();

            // All have halted with interrupts off: no key is taken any more.
            var watch = Stopwatch.StartNew();
            while (Halted(machine) < 4)
            {
                Assert.True(watch.Elapsed < QemuMachine.Limit, $"only {Halted(machine)} of 4 processors have stopped");
            }

            machine.Press("i");
            Assert.Equal(4, Halted(machine));
            Assert.Single(Regex.Matches(machine.Serial.Text, "^panic: ", RegexOptions.Multiline));
        });

    [Fact]
    public void DemoLinux_OnFourProcessors_ReachesShell() =>
        Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo", Configurations.Vmlinux))), new MachineOptions { Processors = 4 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* pcpus=4 ");
            machine.Serial.WaitFor("vm: demo running");
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
            machine.Type("uname -a | tee /dev/ttyS0\n");
            machine.Serial.WaitFor(@"^demo\| Linux demo \d+\..* x86_64 GNU/Linux");
        });

    // QEMU shows for each processor whether it is halted, and its flags.
    private static int Halted(QemuMachine machine)
    {
        string registers = machine.Monitor("info registers -a");
        var halted = new List<Match>(Regex.Matches(registers, @"RFL=([0-9a-f]+) .*HLT=1"));
        return halted.FindAll(match => (Convert.ToUInt64(match.Groups[1].Value, 16) & 0x200) == 0).Count;
    }
}
