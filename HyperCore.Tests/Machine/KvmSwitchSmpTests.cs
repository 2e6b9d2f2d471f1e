using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>VMs with several processors, on machines with fewer, as many and more.</summary>
public class KvmSwitchSmpTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string Trouble = @"\| .*(Kernel panic|Oops|BUG:|soft lockup|hard LOCKUP|rcu.*stall|clocksource.*unstable|TSC.*unstable)";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void LinuxWithTwoProcessors_HasBothOnlineAndWorksOnBoth(int processors) =>
        Boot(Esp.With(Linux("demo", 2)), new MachineOptions { Processors = processors }, machine =>
        {
            machine.Serial.WaitFor("vm: demo running cpus=2 ");
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
            machine.Type("nproc > /dev/ttyS0; grep LOC /proc/interrupts > /dev/ttyS0\n");
            machine.Serial.WaitFor(@"^demo\| 2\s*$");
            Note(machine.Serial.WaitFor(@"^demo\| +LOC: +[1-9]\d* +[1-9]\d* ").Value);

            // Both take timers, and each interrupts the other, while two shells work side by side.
            machine.Type("(i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo first $i > /dev/ttyS0) & "
                + "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; wait; echo second $i > /dev/ttyS0\n");
            machine.Serial.WaitFor(@"^demo\| first 20000");
            machine.Serial.WaitFor(@"^demo\| second 20000");
            Assert.DoesNotMatch(Trouble, machine.Serial.Text);
        });

    [Fact]
    public void LinuxWithFourProcessors_OnTwo_RebootsWithAll() =>
        Boot(Esp.With(Linux("demo", 4)), new MachineOptions { Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
            machine.Type("reboot -f\n");
            machine.Serial.WaitFor("vm: demo running cpus=4 ");
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
            machine.Type("nproc > /dev/ttyS0\n");
            machine.Serial.WaitFor(@"^demo\| 4\s*$");
            machine.Type("poweroff -f\n");
            machine.Serial.WaitFor("vm: demo stopped reason=\"powered off\"");
            Assert.DoesNotMatch(Trouble, machine.Serial.Text);
        });

    private static string Linux(string name, int processors) =>
        Configurations.With("0", Configurations.Linux(name, Configurations.Vmlinux) + $"\ncpus = {processors}\n");
}
