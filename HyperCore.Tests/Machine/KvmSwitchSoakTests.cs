using System;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Linux with several vCPUs under a mixed load: its own watchdogs must find nothing.</summary>
public class KvmSwitchSoakTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string Minutes = "HYPERCORE_SOAK_MINUTES";

    private static readonly string[] s_loads =
    [
        // Processor and memory, system calls, processes that come and go, timers, interrupts of the serial line and the screen.
        "while :; do gzip -c /bin/busybox | gzip -dc > /dev/null; done &",
        "dd if=/dev/zero of=/dev/null bs=4k &",
        "while :; do for i in 1 2 3 4 5 6 7 8; do /bin/true; done; done &",
        "while :; do usleep 3000; done &",
        "while :; do cat /proc/interrupts /proc/stat > /dev/null; echo .; sleep 1; done &",
        "while :; do dmesg > /dev/tty1; done &",
    ];

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    [InlineData(4, 4)]
    public void MixedLoad_OnSeveralVcpus_LinuxFindsNothingWrong(int vcpus, int processors)
    {
        TimeSpan length = TimeSpan.FromMinutes(double.TryParse(Environment.GetEnvironmentVariable(Minutes), out double minutes) ? minutes : 0.5);
        Boot(Esp.With(Configurations.With("0", Linux("demo", vcpus))), new MachineOptions { Processors = processors }, machine =>
        {
            WaitForShell(machine, "demo");
            Run(machine, "demo", "grep -c ^processor /proc/cpuinfo", vcpus + "$");
            foreach (string load in s_loads)
            {
                machine.Serial.Type(load + "\n");
            }

            long seconds = (long)length.TotalSeconds;
            machine.Serial.Type($"sleep {seconds}; killall dd sh gzip dmesg 2> /dev/null; echo Soaked_$((6*7)) $(cut -d. -f1 /proc/uptime)s\n");
            Match end = machine.Serial.WaitFor(@"^demo\| .*Soaked_42 (\d+)s", length + QemuMachine.Limit);
            Note($"a load of {seconds} s with {vcpus} vCPUs on {processors} processors; {end.Groups[1].Value} s since the kernel started");
            machine.Serial.Type("dmesg > /dev/ttyS0; cat /sys/devices/system/clocksource/clocksource0/current_clocksource /proc/interrupts; echo All_$((6*7))\n");
            machine.Serial.WaitFor(@"^demo\| .*All_42");
            Assert.DoesNotMatch(LinuxComplaints, machine.Serial.Text);

            // It is called tsc-early until Linux has compared it with the PM timer, which it tries again as long as a busy emulator disturbs that.
            Assert.Matches(new Regex(@"^demo\| tsc(-early)?$", RegexOptions.Multiline), machine.Serial.Text);
        }, $"{nameof(MixedLoad_OnSeveralVcpus_LinuxFindsNothingWrong)}-{vcpus}-{processors}");
    }
}
