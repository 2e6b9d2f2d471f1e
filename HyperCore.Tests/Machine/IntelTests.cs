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

    // Ctrl+].
    private const string MenuKey = "\u001d";

    // The image for tests checks the rules of VM entries before each one.
    [Theory]
    [InlineData(BochsOptions.Skylake, Image)]
    [InlineData(BochsOptions.Skylake, "HyperCore.efi")]
    [InlineData(BochsOptions.Haswell, "HyperCore.efi")]
    [InlineData(BochsOptions.TigerLake, "HyperCore.efi")]
    [InlineData(BochsOptions.SandyBridge, "HyperCore.efi")]
    public void TestGuest_OnIntel_Passes(string cpu, string image) =>
        Boot(Esp.Booting(image).Write(Configuration, Configurations.With("0", Guest(""))), new BochsOptions { Cpu = cpu, Processors = 2 }, machine =>
        {
            Match version = machine.Serial.WaitFor(VersionLine);
            Assert.Contains("virt=vmx", version.Value);
            Match end = machine.Serial.WaitFor(@"^guest\| testguest: (\d+) passed, (\d+) failed");
            foreach (Match result in Regex.Matches(machine.Serial.Text, @"^guest\| testguest: \S+ (ok|FAILED.*|skipped.*)$", RegexOptions.Multiline))
            {
                Note(result.Value);
            }

            Assert.Equal("0", end.Groups[2].Value);
            Assert.True(int.Parse(end.Groups[1].Value) > 20, "hardly anything was tested");
        });

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

    [Fact]
    public void Exits_OnIntel_AreMeasured() =>
        Boot(Esp.With(Configurations.With("0", Guest("bench"))), new BochsOptions { Cpu = BochsOptions.Skylake }, machine =>
        {
            machine.Serial.WaitFor(@"^guest\| testguest: bench done");
            foreach (Match line in Regex.Matches(machine.Serial.Text, @"bench: (\S+) ticks=(\d+)"))
            {
                Note(line.Value);
            }
        });

    private static string Guest(string arguments) => $"""
        [vm guest]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        cmdline = {arguments}
        memory  = 64M
        """;
}
