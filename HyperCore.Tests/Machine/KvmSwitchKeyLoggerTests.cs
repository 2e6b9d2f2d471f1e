using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>VMs in the background that want to know what is typed in the foreground.</summary>
public class KvmSwitchKeyLoggerTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string Password = "Correct-Horse7";
    private const string SpyReport = @"^spy\| spied bytes=(\d+) interrupts=(.*)$";
    private const string LoggerReport = @"^logger\| testguest: keylog status=\S+ data=\S+";
    private const string LoggerRounds = @"^logger\| testguest: keylog rounds=\d+";

    [Fact]
    public void PasswordInTheForeground_LoggersInTheBackground_RecordNothing()
    {
        string conf = Configurations.With(
            "0", Linux("one", 2), Linux("spy", 2, "autostart = yes"), TestGuest("logger", "keylog", "memory = 32M\nautostart = yes"));
        Boot(Esp.With(conf), new MachineOptions { Memory = "2G", Processors = 2 }, machine =>
        {
            WaitForShell(machine, "one");
            WaitForShell(machine, "spy");

            // Linux's drivers as a logger: every input device, and how often the keyboard controller interrupted.
            Next(machine, "spy");
            Run(machine, "spy", "for f in /dev/input/event* /dev/input/mice; do cat $f >> /tmp/log & done; echo listening", "listening");
            Run(
                machine,
                "spy",
                "while :; do sleep 1; echo spied bytes=$(wc -c < /tmp/log) interrupts=$(grep i8042 /proc/interrupts | tr -s ' ' ' ' | tr '\\n' ';'); done &",
                "spied");
            (int bytes, string interrupts) = Settle(machine);
            machine.Type("s3cret");
            (int more, string moreInterrupts) = Settle(machine, than: bytes);
            Note($"in the foreground: bytes {bytes} to {more}, interrupts {interrupts} to {moreInterrupts}");
            Assert.True(more >= bytes + (6 * 2 * 24), "the logger does not work in the foreground");
            Assert.NotEqual(interrupts, moreInterrupts);

            // The keyboard controller itself, polled.
            Next(machine, "logger");
            machine.Type("a");
            machine.Serial.WaitFor(@"^logger\| testguest: keylog status=\S+ data=0x1e");
            machine.Serial.WaitFor(@"^logger\| testguest: keylog status=\S+ data=0x9e");

            Next(machine, "one");
            machine.Press("shift");
            machine.Type("cat > /tmp/typed\n");
            (bytes, interrupts) = Settle(machine);
            machine.Serial.WaitFor(LoggerRounds);
            machine.Serial.WaitFor(LoggerRounds);
            int from = machine.Serial.Text.Length;
            machine.Type(Password + "\n");
            machine.MoveMouse(20, 10);
            machine.Press("ctrl", "d");
            machine.Type("cat /tmp/typed > /dev/ttyS0\n");
            machine.Serial.WaitFor($@"^one\| {Password}$");
            machine.Serial.WaitFor(LoggerRounds);
            machine.Serial.WaitFor(SpyReport);
            (more, moreInterrupts) = Settle(machine);
            machine.Serial.WaitFor(LoggerRounds);
            Note($"in the background: bytes {bytes} to {more}, interrupts {interrupts} to {moreInterrupts}");
            Assert.Equal((bytes, interrupts), (more, moreInterrupts));
            Assert.DoesNotMatch(new Regex(LoggerReport, RegexOptions.Multiline), machine.Serial.Text[from..]);
        });
    }

    // What the spy has counted, as soon as it counts the same twice in a row.
    private static (int Bytes, string Interrupts) Settle(QemuMachine machine, int than = -1)
    {
        (int, string) last = (-1, "");
        while (true)
        {
            Match report = machine.Serial.WaitFor(SpyReport);
            (int Bytes, string) now = (int.Parse(report.Groups[1].Value), report.Groups[2].Value);
            if (now == last && now.Bytes > than)
            {
                return now;
            }

            last = now;
        }
    }
}
