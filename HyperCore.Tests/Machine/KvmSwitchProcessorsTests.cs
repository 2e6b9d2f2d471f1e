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
    // Has x2APIC, which the AMD models of QEMU 7.2 and Bochs do not.
    private const string SkylakeX = "corei7_skylake_x";
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

    [Theory]
    [InlineData(BochsOptions.Ryzen, "none", 0)]
    [InlineData(SkylakeX, "x2apic", 1)]
    public void EveryProcessor_OnBochs_ComesOnlineAndAnswers(string cpu, string kind, int x2Apic) =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, kind), new BochsOptions { Cpu = cpu, Processors = 3 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* pcpus=3 ");
            machine.Serial.WaitFor($"debug pcpu: 0 online .* x2apic={x2Apic} of=3");
            Note(machine.Serial.WaitFor("debug pcpu: 2 online .*").Value);
            machine.Serial.WaitFor(MenuShown);
        });

    [Fact]
    public void InternalError_InX2ApicMode_StopsTheOthers() =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, "x2apic pcpu 1 null"), new BochsOptions { Cpu = SkylakeX, Processors = 2 }, machine =>
        {
            machine.Serial.ExpectsPanic = true;
            machine.Serial.WaitFor("^panic: .*#PF");
            machine.Serial.WaitFor(@"^ +version=\S+ pcpu=1 stopped=1 ");
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
            machine.Serial.WaitFor($@"^ +version=\S+ pcpu={pcpu} stopped=3 image=[0-9a-f]{{16}}");
            machine.Serial.WaitForQuiet();

            // All have halted with interrupts off: no key is taken any more.
            WaitUntilHalted(machine, 4);
            machine.Press("i");
            Assert.Equal(4, Halted(machine));
            Assert.Single(Regex.Matches(machine.Serial.Text, "^panic: ", RegexOptions.Multiline));
        });

    [Fact]
    public void InternalError_OnAllAtOnce_IsReportedOnce() =>
        Boot(Esp.Booting(TestImage).Write(Config, DebugLog).Write(Switch, "pcpu * divide"), new MachineOptions { Processors = 4 }, machine =>
        {
            machine.Serial.ExpectsPanic = true;
            machine.Serial.WaitFor("^panic: .*#DE");
            machine.Serial.WaitFor(@"^ +version=\S+ pcpu=\d stopped=3 ");
            machine.Serial.WaitForQuiet();
            Assert.Single(Regex.Matches(machine.Serial.Text, "panic: "));
            WaitUntilHalted(machine, 4);
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

    private static void WaitUntilHalted(QemuMachine machine, int processors)
    {
        var watch = Stopwatch.StartNew();
        while (Halted(machine) < processors)
        {
            Assert.True(watch.Elapsed < QemuMachine.Limit, $"only {Halted(machine)} of {processors} processors have stopped");
        }
    }

    // QEMU shows for each processor whether it is halted, and its flags.
    private static int Halted(QemuMachine machine)
    {
        string registers = machine.Monitor("info registers -a");
        var halted = new List<Match>(Regex.Matches(registers, @"RFL=([0-9a-f]+) .*HLT=1"));
        return halted.FindAll(match => (Convert.ToUInt64(match.Groups[1].Value, 16) & 0x200) == 0).Count;
    }
}
