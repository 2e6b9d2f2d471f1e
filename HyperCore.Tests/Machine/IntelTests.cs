using System;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The same image on processors with Intel VMX, which Bochs emulates.</summary>
public class IntelTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string Image = "HyperCore.PanicTest.efi";
    private const string Configuration = "/EFI/HyperCore/hypercore.conf";
    private const string Switch = "/EFI/HyperCore/test-switch";

    // What the switch has to say.
    private const string WithApicVirtualization = "nothing";
    private const string WithoutApicVirtualization = "no-apicv";

    // Ctrl+].
    private const string MenuKey = "\u001d";

    // The image for tests checks the rules of VM entries before each one.
    [Theory]
    [InlineData(BochsOptions.Skylake, WithApicVirtualization)]
    [InlineData(BochsOptions.Skylake, WithoutApicVirtualization)]
    [InlineData(BochsOptions.SandyBridge, WithApicVirtualization)] // has none
    public void TestGuest_RulesOfVmEntryChecked_Passes(string cpu, string kind) =>
        Boot(Esp.Booting(Image).Write(Configuration, Configurations.With("0", Guest(""))).Write(Switch, kind), new BochsOptions { Cpu = cpu, Processors = 2 }, machine =>
            machine.Serial.WaitFor(@"^guest\| testguest: [2-9]\d passed, 0 failed"));

    [Theory]
    [InlineData(BochsOptions.Penryn, "VMX but no extended page tables")]
    [InlineData(BochsOptions.Lynnfield, "VMX but no unrestricted guest mode")]
    public void Menu_VmxThatIsTooOld_SaysWhatIsMissing(string cpu, string words) =>
        Boot(Esp.With(Configurations.With("none", Guest(""))), new BochsOptions { Cpu = cpu }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* virt=none");
            machine.Serial.WaitFor($"error hypercore: no VM can start: .*{words}");
            machine.Serial.WaitFor(MenuShown);
        });

    [Fact]
    public void Menu_VmxLockedOff_SaysWhereToSwitchItOn() =>
        Boot(Esp.Booting(Image).Write(Switch, "vmx-locked"), new BochsOptions { Cpu = BochsOptions.Skylake }, machine =>
        {
            machine.Serial.WaitFor("error hypercore: no VM can start: VMX is locked off by the firmware");
            machine.Serial.WaitFor(MenuShown);
        });

    [Fact]
    public void PauseLoop_VcpuThatSpins_LeavesTheGuestNowAndThen() =>
        Boot(Esp.With(Configurations.With("0", Guest("hang") + "\ncpus = 2\n")), new BochsOptions { Cpu = BochsOptions.Skylake }, machine =>
        {
            machine.Serial.WaitFor("vm: guest running cpus=2");
            machine.Serial.Type(MenuKey);
            machine.Serial.WaitFor("foreground: menu");
            machine.Serial.Type("i");
            Note(machine.Serial.WaitForScreen(@"PAUSE +[1-9].*").Value);
        });

    // Interrupts stay off all the time, and nothing in the loop exits.
    [Fact]
    public void CliLoop_WithoutExits_GivesTheProcessorBack() =>
        Boot(
            Esp.With(Configurations.With("0", Guest("hostile-cli"), Guest("").Replace("[vm guest]", "[vm neighbour]", StringComparison.Ordinal))),
            new BochsOptions { Cpu = BochsOptions.Skylake },
            machine =>
            {
                machine.Serial.WaitFor("vm: guest running cpus=1");
                machine.Serial.Type(MenuKey);
                machine.Serial.WaitFor("foreground: menu");
                machine.Serial.Type("2\r");
                machine.Serial.WaitFor(@"^neighbour\| testguest: [2-9]\d passed, 0 failed");
            });

    [Fact]
    public void Exits_OnIntel_StayBelowTheirLimits() =>
        Boot(Esp.With(Configurations.With("0", Guest("bench nop-100 cpuid rdmsr out"))), new BochsOptions { Cpu = BochsOptions.Skylake }, machine =>
        {
            machine.Serial.WaitFor(@"^guest\| testguest: bench done");

            // What is measured with: a hundred instructions are a hundred ticks. The limits are those of scripts/bench.sh.
            Assert.InRange(Ticks(machine, "nop-100"), 99, 101);
            Assert.InRange(Ticks(machine, "cpuid"), 1, 300);
            Assert.InRange(Ticks(machine, "rdmsr"), 1, 350);
            Assert.InRange(Ticks(machine, "out"), 1, 450);
        });

    // Without the processor's help a read or write takes an exit and the emulator, and an interrupt to oneself an exit for each of its steps.
    [Theory]
    [InlineData(BochsOptions.Skylake, 10, 400, 100)]
    [InlineData(BochsOptions.SandyBridge, 1500, 1500, 5000)]
    public void LocalApic_WithAndWithoutApicVirtualization_StaysBelowItsLimits(string cpu, int read, int write, int selfIpi) =>
        Boot(Esp.With(Configurations.With("0", Guest("bench nop-100 apic-read apic-write self-ipi halt"))), new BochsOptions { Cpu = cpu }, machine =>
        {
            machine.Serial.WaitFor(@"^guest\| testguest: bench done");
            Assert.InRange(Ticks(machine, "apic-read"), 1, read);
            Assert.InRange(Ticks(machine, "apic-write"), 1, write);
            Assert.InRange(Ticks(machine, "self-ipi"), 1, selfIpi);
            Ticks(machine, "halt");
        });

    private int Ticks(BochsMachine machine, string operation)
    {
        Match line = Regex.Match(machine.Serial.Text, $@"bench: {operation} ticks=(\d+)");
        Note(line.Value);
        return int.Parse(line.Groups[1].Value);
    }

    private static string Guest(string arguments) => $"""
        [vm guest]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        cmdline = {arguments}
        memory  = 64M
        """;
}
