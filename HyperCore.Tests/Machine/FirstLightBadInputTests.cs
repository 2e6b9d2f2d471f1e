using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>What HyperCore says when something is not as it should be: always what, where, and what would help.</summary>
public class FirstLightBadInputTests(ITestOutputHelper output) : MachineTest(output)
{
    [Fact]
    public void NoConfiguration_Menu_SaysWhereItWasLookedFor() => Boot(Esp.WithoutConfig(), machine =>
    {
        machine.Serial.WaitFor(@"error config: \\EFI\\HyperCore\\hypercore\.conf was not found");
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.WaitForScreen(@"hypercore\.conf");
        machine.Serial.Type("\r");
        machine.Serial.WaitForScreen("There is no configuration file");
    });

    [Fact]
    public void ConfigurationErrors_Menu_SaysLineColumnAndWhatWasExpected()
    {
        const string Config = "[hypercore]\ntimeout = soon\n[vm demo]\nboot = floppy\nkernel = /vmlinuz\nmemory = lots\ncolour = blue\n";
        Boot(Esp.With(Config), machine =>
        {
            machine.Serial.WaitFor(@"error config: .*hypercore\.conf:2:11: .*expected");
            machine.Serial.WaitFor(@"error config: .*hypercore\.conf:4:8: .*expected.*linux.*multiboot");
            machine.Serial.WaitFor(@"error config: .*hypercore\.conf:6:10: .*expected");
            machine.Serial.WaitFor(@"error config: .*hypercore\.conf:7:1: .*colour");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitForScreen(@"hypercore\.conf:2:11: ");
            machine.Serial.Type("\r");
            machine.Serial.WaitForScreen("cannot start until the configuration is corrected");
        });
    }

    [Fact]
    public void VirtualMachinesThatCannotStart_Enter_SaysWhy()
    {
        string config = Configurations.With(
            "none",
            Configurations.Linux("nofile", kernel: @"\EFI\HyperCore\missing\vmlinuz"),
            Configurations.Linux("narrow", memory: "16M"),
            Configurations.Linux("greedy", memory: "8G"),
            Configurations.Linux("notkernel", kernel: Configurations.Initrd),
            "[vm installed]\nboot = firmware",
            Configurations.Linux("crowded", memory: "96M", initrd: Configurations.Vmlinux),
            Configurations.Linux("good"));
        Boot(Esp.With(config), machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("1\r");
            machine.Serial.WaitFor(@"vm: nofile failed reason="".*\\EFI\\HyperCore\\missing\\vmlinuz.*""");
            machine.Serial.Type("2\r");
            machine.Serial.WaitFor(@"vm: narrow failed reason="".*memory.*""");
            machine.Serial.Type("3\r");
            machine.Serial.WaitFor(@"vm: greedy failed reason=""memory = 8G is more than the machine has free \(\d+M\)");
            machine.Serial.Type("4\r");
            machine.Serial.WaitFor(@"vm: notkernel failed reason="".*(bzImage|ELF|kernel).*""");
            machine.Serial.Type("5\r");
            machine.Serial.WaitFor(@"vm: installed failed reason="".*not supported yet""");

            // None of that keeps the others from running.
            machine.Serial.Type("6\r");
            machine.Serial.WaitFor(@"vm: crowded failed reason="".*initrd.*memory");
            machine.Serial.Type("7\r");
            machine.Serial.WaitFor("vm: good running");
            machine.Serial.WaitFor(@"^good\| .*shell ready on /dev/ttyS0");
        });
    }

    [Theory]
    [InlineData("-svm", "no AMD SVM")]
    [InlineData("-npt", "no nested paging")]
    public void ProcessorWithout_Menu_SaysWhyNothingCanStart(string feature, string message) =>
        Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), new MachineOptions { Cpu = Qemu.DefaultCpu + "," + feature }, machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitForScreen(message);
            machine.Serial.Type("\r");
            machine.Serial.WaitForScreen("✗.*" + message);
            Assert.DoesNotContain("vm: demo running", machine.Serial.Text);
        });

    [Fact]
    public void SmallMachine_Start_SaysHowMuchMemoryIsNeeded() =>
        Boot(Esp.AsBuilt(), new MachineOptions { Memory = "64M" }, machine => machine.Serial.WaitFor("not enough memory.*"));
}
