using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>VMs with several processors, on machines with fewer, as many and more.</summary>
public class KvmSwitchSmpTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string Trouble = @"\| .*(Kernel panic|Oops|BUG:|soft lockup|hard LOCKUP|rcu.*stall|clocksource.*unstable|TSC.*unstable)";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void LinuxWithTwoProcessors_HasBothOnlineAndWorksOnBoth(int processors) =>
        Boot(Esp.With(Configurations.With("0", Linux("demo", 2))), new MachineOptions { Processors = processors }, machine =>
        {
            machine.Serial.WaitFor("vm: demo running cpus=2 ");
            WaitForShell(machine, "demo");
            Run(machine, "demo", "nproc; grep LOC /proc/interrupts", @"2\s*$");
            Note(machine.Serial.WaitFor(@"^demo\| +LOC: +[1-9]\d* +[1-9]\d* ").Value);

            // Both take timers, and each interrupts the other, while two shells work side by side.
            machine.Serial.Type("(i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo first $i) & "
                + "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; wait; echo second $i\n");
            machine.Serial.WaitFor(@"^demo\| first 20000");
            machine.Serial.WaitFor(@"^demo\| second 20000");
            Assert.DoesNotMatch(Trouble, machine.Serial.Text);
        }, $"{nameof(LinuxWithTwoProcessors_HasBothOnlineAndWorksOnBoth)}-{processors}");

    [Fact]
    public void LinuxWithFourProcessors_OnTwo_RebootsWithAll() =>
        Boot(Esp.With(Configurations.With("0", Linux("demo", 4))), new MachineOptions { Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
            machine.Serial.Type("reboot -f\n");
            machine.Serial.WaitFor("vm: demo running cpus=4 ");
            WaitForShell(machine, "demo");
            Run(machine, "demo", "nproc", @"4\s*$");
            machine.Serial.Type("poweroff -f\n");
            machine.Serial.WaitFor("vm: demo stopped reason=\"powered off\"");
            Assert.DoesNotMatch(Trouble, machine.Serial.Text);
        });
}
