using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The Multiboot test guest, which tests the virtual PC from inside, and the ways in which a guest can end.</summary>
public class FirstLightMultibootTests(ITestOutputHelper output) : MachineTest(output)
{
    [Fact]
    public void TestGuest_AllItsTests_Pass() => Boot(Esp.With(Configurations.With("0", Guest("guest", ""))), machine =>
    {
        machine.Serial.WaitFor("vm: guest running");
        machine.Serial.WaitFor(@"^guest\| testguest: hello from C#, multiboot magic ok, memory upper=\d+K");
        Match end = machine.Serial.WaitFor(@"^guest\| testguest: (\d+) passed, (\d+) failed");
        foreach (Match result in Regex.Matches(machine.Serial.Text, @"^guest\| testguest: \S+ (ok|FAILED.*|skipped.*)$", RegexOptions.Multiline))
        {
            Note(result.Value);
        }

        Assert.Equal("0", end.Groups[2].Value);
        Assert.True(int.Parse(end.Groups[1].Value) > 20, "hardly anything was tested");
        machine.Serial.WaitFor(@"vm: guest stopped reason="".*off""");
    });

    [Fact]
    public void Guest_ThatEndsInAnyWay_LeavesHyperCoreAndASaying() => Boot(
        Esp.With(Configurations.With("none", Guest("reset", "reset"), Guest("triple", "triple"), Guest("stop", "cli-hlt"), Guest("hang", "hang"))),
        machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("2\r");
            machine.Serial.WaitFor(@"vm: triple failed reason="".*triple fault.*""");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("3\r");
            machine.Serial.WaitFor(@"vm: stop failed reason="".*interrupts off.*""");
            machine.Serial.WaitFor(MenuShown);

            // A guest that never gives the processor away does not keep the menu away.
            machine.Serial.Type("4\r");
            machine.Serial.WaitFor("foreground: hang");
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Serial.Type("ss");
            machine.Serial.WaitFor("vm: hang stopped");

            // One that resets itself is started again, each time.
            machine.Serial.Type("1\r");
            machine.Serial.WaitFor("vm: reset running");
            machine.Serial.WaitFor("testguest: hello from C#");
            machine.Serial.WaitFor("testguest: hello from C#");
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
        });

    private static string Guest(string name, string arguments) => $"""
        [vm {name}]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        cmdline = {arguments}
        memory  = 64M
        """;
}
