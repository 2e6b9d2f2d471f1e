using System;
using System.Globalization;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Linux VMs on the virtual switch, with a network card of the machine as their way out. HYPERCORE_NETWORK_MEGABYTES says how much is sent each way.</summary>
public class NetworkLinuxTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string Counter = "cat /sys/class/net/eth0/statistics/rx_packets";

    // What a group of machines says without being asked, and the answers to it.
    private const int MostFramesOfOthers = 60;

    private static readonly int s_megabytes =
        int.TryParse(Environment.GetEnvironmentVariable("HYPERCORE_NETWORK_MEGABYTES"), CultureInfo.InvariantCulture, out int megabytes) ? megabytes : 4;

    private static readonly TimeSpan s_transfer = QemuMachine.Limit + TimeSpan.FromSeconds(2 * s_megabytes);

    [Fact]
    public void VirtioCard_TwoVmsShareIt() => TwoVmsShare("virtio-net-pci,disable-legacy=on", "virtio-net", 1);

    [Fact]
    public void E1000eCard_TwoVmsShareIt() => TwoVmsShare("e1000e", "e1000e 82574L", 2);

    [Fact]
    public void MachineWithoutCard_RunsVmsAllTheSame() => Boot(Esp.With(Configurations.With("0", Linux("a", 1, "network = yes\n"))), machine =>
    {
        machine.Serial.WaitFor("network: no uplink: the machine has no network card");
        machine.Serial.WaitFor("vm: a running");
    });

    private void TwoVmsShare(string device, string driver, int processors)
    {
        using var server = new DataServer(s_megabytes);
        var options = new MachineOptions { Processors = processors, Arguments = ["-netdev", "user,id=net", "-device", device + ",netdev=net,romfile="] };
        string config = Configurations.With("0", Linux("a", 1, "network = yes\n"), Linux("b", 1, "network = yes\nautostart = yes\n"));
        Boot(Esp.With(config), options, machine =>
        {
            machine.Serial.WaitFor($@"network: uplink \S+ {driver} mac=52:54:00:12:34:56, interrupts");
            machine.Serial.WaitForFirst("network: link up");
            WaitForShell(machine, "a");
            WaitForShell(machine, "b");
            (string _, string addressOfA) = Connect(machine, "a");
            Choose(machine, 2, "b");
            (string macOfB, string addressOfB) = Connect(machine, "b");
            Assert.NotEqual(addressOfA, addressOfB);

            // B listens to everything it can get, and waits for A.
            Run(machine, "b", $"ip link set eth0 promisc on; {Counter} > /tmp/before; echo watching-$((1+1))", "watching-2");
            Run(machine, "b", "nc -l -p 7000 -e /tmp/hash-it & echo waits-$((1+1))", "waits-2");
            Run(machine, "b", "nc -l -p 7001 -e /tmp/gen & echo offers-$((1+1))", "offers-2");
            Choose(machine, 1, "a");
            WithTheOutside(machine, server);

            Choose(machine, 2, "b");
            string seen = RunLong(machine, "b", $"echo seen-$(($({Counter}) - $(cat /tmp/before)))-frames", @"seen-(\d+)-frames").Groups[1].Value;
            Note($"frames that B saw while A sent and received {s_megabytes} MB: {seen}");
            Assert.InRange(int.Parse(seen, CultureInfo.InvariantCulture), 0, MostFramesOfOthers);
            string hashOfB = RunLong(machine, "b", "/tmp/gen | sha256sum", "([0-9a-f]{64}) ").Groups[1].Value;

            Choose(machine, 1, "a");
            string hashOfA = RunLong(machine, "a", "/tmp/gen | sha256sum", "([0-9a-f]{64}) ").Groups[1].Value;
            DateTime begin = DateTime.UtcNow;
            RunLong(machine, "a", $"nc {addressOfB} 7000 -e /tmp/gen; echo sent-$((1+1))", "sent-2");
            NoteRate("A to B", begin);
            begin = DateTime.UtcNow;
            RunLong(machine, "a", $"nc {addressOfB} 7001 -e /tmp/hash-it; cat /tmp/hash", hashOfB);
            NoteRate("B to A", begin);
            Choose(machine, 2, "b");
            RunLong(machine, "b", "wait; cat /tmp/hash", hashOfA);

            Spoof(machine, macOfB);
            Assert.DoesNotMatch(LinuxComplaints, machine.Serial.Text);
        });
    }

    private void WithTheOutside(QemuMachine machine, DataServer server)
    {
        string hash = RunLong(machine, "a", "/tmp/gen | sha256sum", "([0-9a-f]{64}) ").Groups[1].Value;
        DateTime begin = DateTime.UtcNow;
        RunLong(machine, "a", $"nc 10.0.2.2 {server.SinkPort} -e /tmp/send-it; cat /tmp/answer", hash);
        NoteRate("A to the host", begin);
        begin = DateTime.UtcNow;
        RunLong(machine, "a", $"nc 10.0.2.2 {server.SourcePort} -e /tmp/hash-it; cat /tmp/hash", server.SourceHash);
        NoteRate("the host to A", begin);
    }

    // A takes B's address; what it sends with that goes nowhere, is logged and counted.
    private static void Spoof(QemuMachine machine, string macOfB)
    {
        Choose(machine, 1, "a");
        machine.Serial.Type($"ip link set eth0 down; ip link set eth0 address {macOfB}; net 10.0.2.77/24; arping -c 3 -w 5 -I eth0 10.0.2.2; echo spoofed-$((1+1))\n");
        machine.Serial.WaitFor("network: a sends with an address that is not its own");
        machine.Serial.WaitFor("Received 0 response");
        machine.Serial.WaitFor("spoofed-2");
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor(MenuShown);
        machine.Press("1");
        machine.Press("i");
        machine.Press("end");
        machine.Serial.WaitForScreen(@"sent \d+, received \d+, dropped \d+, spoofed [1-9]\d*");
    }

    /// <summary>Gets an address by DHCP, and prepares what is to be sent.</summary>
    private static (string Mac, string Address) Connect(QemuMachine machine, string vm)
    {
        Match match = RunLong(machine, vm, "net", @"eth0: (\S+) (10\.0\.2\.\d+)/24");
        Run(machine, vm, "dd if=/dev/urandom of=/tmp/f bs=1M count=1 2>&-; echo made-$((1+1))", "made-2");

        // nc has them read and write the connection themselves: its own buffer is a kilobyte.
        Script(machine, vm, "gen", $"i=0; while [ $i -lt {s_megabytes} ]; do dd if=/tmp/f bs=1M 2>/dev/null; i=$((i+1)); done");
        Script(machine, vm, "hash-it", "sha256sum > /tmp/hash");
        Script(machine, vm, "send-it", "/tmp/gen; read -r answer; echo $answer > /tmp/answer");
        return (match.Groups[1].Value, match.Groups[2].Value);
    }

    private static void Script(QemuMachine machine, string vm, string name, string text) =>
        Run(machine, vm, $"printf '%s\\n' '#!/bin/sh' '{text}' > /tmp/{name}; chmod +x /tmp/{name}; echo {name}-$((1+1))", $"{name}-2");

    // Whoever points the switch elsewhere waits for an answer first: what is typed and not yet read belongs to nobody then.
    private static Match RunLong(QemuMachine machine, string vm, string command, string answer)
    {
        machine.Serial.Type(command + "\n");
        return machine.Serial.WaitFor($@"^{vm}\| {answer}", s_transfer);
    }

    private void NoteRate(string what, DateTime begin) =>
        Note($"{what}: {s_megabytes} MB in {(DateTime.UtcNow - begin).TotalSeconds:0.0} s");
}
