using System.Text;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>As many VMs with as many vCPUs as a configuration may have.</summary>
public class KvmSwitchLargestTests(ITestOutputHelper output) : MachineTest(output)
{
    private const int MostKibibytes = 8192;

    [Fact]
    public void EightVmsOfEightVcpus_OnTwoProcessors_FitIntoHyperCoresOwnMemory()
    {
        var text = new StringBuilder("[hypercore]\ntimeout = 0\nlog = debug\ndefault = v7\n");
        for (int i = 0; i < 8; i++)
        {
            text.Append($"[vm v{i}]\nboot = multiboot\nkernel = \\EFI\\HyperCore\\testguest\\testguest.elf\ncmdline = cpuid\nmemory = 16M\ncpus = 8\n");
        }

        Boot(Esp.With(text.ToString()), new MachineOptions { Processors = 2 }, machine =>
        {
            int own = int.Parse(machine.Serial.WaitFor(@"memory: hypercore=(\d+)K.*").Groups[1].Value);
            var heap = machine.Serial.WaitFor(@"memory: heap used=(\d+)K of=(\d+)K");
            Note($"{own} KiB altogether; {heap.Value}");
            Assert.InRange(own, 0, MostKibibytes);
            Assert.InRange(int.Parse(heap.Groups[1].Value), 0, int.Parse(heap.Groups[2].Value));
            machine.Serial.WaitFor("vm: v7 running cpus=8");
            machine.Serial.WaitFor(@"^v7\| testguest: \d+ passed, 0 failed");
        });
    }
}
