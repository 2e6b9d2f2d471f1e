using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Guests that want to keep HyperCore busy. The menu has to answer all the same.</summary>
public class HostileGuestTests(ITestOutputHelper output) : MachineTest(output)
{
    [Theory]
    [InlineData("reset", "on-reset")]
    [InlineData("triple", "on-crash")]
    public void EndsAsSoonAsItStarts_IsNotRestartedForEver(string how, string setting) =>
        Boot(Esp.With(Configurations.With("none", Looping(how, setting))), machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitFor(@"vm: loop (stopped|failed) reason="".*""");
            machine.Serial.WaitFor("vm: loop starting");
            machine.Serial.WaitFor(@"vm: loop (stopped|failed) reason="".*not started again");
            machine.Press("l");
            machine.Serial.WaitForScreen(@"vm: loop (stopped|failed)");
        });

    [Fact]
    public void FloodsSerialLine_HotkeyReturnsToMenu() => Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo"))), machine =>
    {
        machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
        machine.Type("yes flood > /dev/ttyS0\n");
        machine.Serial.WaitFor(@"^demo\| flood");
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor("foreground: menu");
        machine.Press("s");
        machine.Press("s");
        machine.Serial.WaitFor("vm: demo stopped");
    });

    private static string Looping(string how, string setting) => $"""
        [vm loop]
        boot      = multiboot
        kernel    = \EFI\HyperCore\testguest\testguest.elf
        cmdline   = {how}
        memory    = 32M
        {setting} = restart
        autostart = yes
        """;
}
