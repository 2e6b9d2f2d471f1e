using System.Linq;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Eight VMs at once, started and stopped again and again: not a frame may get lost.</summary>
public class KvmSwitchManyVmsTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const int Vms = 8;
    private const int Rounds = 25;

    [Fact]
    public void EightVms_StartedAndStopped200Times_GiveEveryFrameBack()
    {
        string[] sections = [.. Enumerable.Range(1, Vms).Select(i => TestGuest($"vm{i}", "hang", "memory = 64M"))];
        string conf = Configurations.With("none\nlog = debug", sections);
        Boot(Esp.With(conf), new MachineOptions { Memory = "2G", Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 1; i <= Vms; i++)
                {
                    machine.Serial.Type($"{i}\r");
                    machine.Serial.WaitFor($"vm: vm{i} running");
                    machine.Serial.WaitFor(round == 0 ? $@"^vm{i}\| testguest: hello from C#" : $"foreground: vm{i}$");
                    machine.Serial.Type(SerialMenuKey);
                    machine.Serial.WaitFor(MenuShown);
                }

                for (int i = 1; i <= Vms; i++)
                {
                    machine.Serial.Type($"{i}ss");
                    machine.Serial.WaitFor($"vm: vm{i} stopped");
                    machine.Serial.WaitFor(@"memory: free=.* files=\d+K");
                }
            }

            MatchCollection lines = Regex.Matches(
                machine.Serial.Text, @"memory: free=(\d+)K guests=(\d+)K tables=(\d+)K framebuffers=(\d+)K files=(\d+)K", RegexOptions.Multiline);
            Assert.Equal(2 * Vms * Rounds, lines.Count);
            Assert.Equal(Vms * Rounds, Regex.Count(machine.Serial.Text, "vm: vm. stopped reason=\"stopped from the menu\""));
            Note($"with {Vms} VMs:      {lines[Vms - 1].Value}");
            Note($"the first stopped: {lines[(2 * Vms) - 1].Value}");
            Note($"the last stopped:  {lines[^1].Value}");
            Assert.Equal(Vms * 64L << 10, Number(lines[Vms - 1], 2));
            Assert.Equal(lines[(2 * Vms) - 1].Value, lines[^1].Value);
            Assert.Equal((0, 0, 0), (Number(lines[^1], 2), Number(lines[^1], 3), Number(lines[^1], 4)));

            // Whatever is taken or given back, it is neither lost nor made.
            Assert.Single(lines.Select(line => Enumerable.Range(1, 5).Sum(group => Number(line, group))).Distinct());
        });
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value);
}
