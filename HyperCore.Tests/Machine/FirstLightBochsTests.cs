using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The same image on another emulator: a PC of the nineties with a processor that has NRIP save.</summary>
public class FirstLightBochsTests(ITestOutputHelper output) : MachineTest(output)
{
    // Instructions of host and guest together (docs/benchmarks.md).
    private const int MostWithNextRip = 250;

    // Ctrl+].
    private const string MenuKey = "\u001d";

    [Fact]
    public void CpuidAndReadMsr_WithNextRipSave_TakeNoDecoder() =>
        Boot(Esp.With(Configurations.With("0", Guest("bench nop-100 cpuid cpuid-prefixed rdmsr"))), new BochsOptions(), machine =>
        {
            machine.Serial.WaitFor(@"^guest\| testguest: bench done");

            // What is measured with: a hundred instructions are a hundred ticks.
            Assert.InRange(Ticks(machine, "nop-100"), 99, 101);
            Assert.InRange(Ticks(machine, "cpuid"), 1, MostWithNextRip);
            Assert.InRange(Ticks(machine, "cpuid-prefixed"), 1, MostWithNextRip);
            Assert.InRange(Ticks(machine, "rdmsr"), 1, MostWithNextRip);
        });

    [Fact]
    public void PauseFilter_VcpuThatSpins_LeavesTheGuestNowAndThen() =>
        Boot(Esp.With(Configurations.With("0", Guest("hang") + "\ncpus = 2\n")), new BochsOptions(), machine =>
        {
            machine.Serial.WaitFor("vm: guest running cpus=2");
            machine.Serial.Type(MenuKey);
            machine.Serial.WaitFor("foreground: menu");
            machine.Serial.Type("i");
            Note(machine.Serial.WaitForScreen(@"PAUSE +[1-9].*").Value);
        });

    [Fact]
    public void Processors_OnBochs_ComeOnline() =>
        Boot(Esp.With("[hypercore]\ntimeout = none\nlog = debug\n" + Guest("")), new BochsOptions { Processors = 3 }, machine =>
        {
            machine.Serial.WaitFor("hypercore: version=.* pcpus=3 ");
            for (int i = 0; i < 3; i++)
            {
                Note(machine.Serial.WaitFor($@"debug pcpu: {i} online apic=\d+ .*").Value);
            }

            machine.Serial.WaitFor(MenuShown);
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
