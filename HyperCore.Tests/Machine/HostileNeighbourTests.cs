using System;
using System.Diagnostics;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>VMs that do their worst in the foreground, beside a Linux VM that works in the background and has to get what it was promised.</summary>
public class HostileNeighbourTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const int Share = 40;

    // The healthy VM counts work for so many seconds of its time; so many counts are taken.
    private const int WindowSeconds = 2;
    private const int Windows = 3;

    // A typed command is answered within this time, on a machine that other work keeps busy.
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void HealthyVm_BesideHostileOnes_KeepsItsShareAndAnswers(int processors)
    {
        string conf = Configurations.With(
            "0\nlog = debug",
            Linux("healthy", processors, $"share = {Share}"),
            TestGuest("cli", "hostile-cli", "memory = 32M"),
            TestGuest("ipi", "hostile-ipi", "memory = 32M\ncpus = 2"),
            TestGuest("random", "hostile-random", "memory = 32M"),
            TestGuest("triple", "triple", "memory = 32M\non-crash = restart"));
        Boot(Esp.With(conf), new MachineOptions { Memory = "2G", Processors = processors }, machine =>
        {
            WaitForShell(machine, "healthy");
            StartWork(machine, processors);
            double alone = Work(machine);
            Note($"alone: {alone:0} rounds of work in {WindowSeconds} s");
            Beside(machine, 2, "cli", processors, alone);
            Beside(machine, 3, "ipi", processors, alone);
            Beside(machine, 4, "random", processors, alone);

            // One that only ends is given up after some times.
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor(MenuShown);
            machine.Press("5");
            machine.Press("ret");
            machine.Serial.WaitFor(@"vm: triple (stopped|failed) reason="".*not started again");
            machine.Serial.WaitFor(MenuShown);
            machine.Press("1");
            machine.Press("ret");
            machine.Serial.WaitFor("foreground: healthy$");
            Note($"after triple faults: an answer within {Answer(machine).TotalSeconds:0.00} s");
            Assert.DoesNotMatch(LinuxComplaints, machine.Serial.Text);
        }, $"{nameof(HealthyVm_BesideHostileOnes_KeepsItsShareAndAnswers)}-{processors}");
    }

    private void Beside(QemuMachine machine, int number, string vm, int processors, double alone)
    {
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor(MenuShown);
        machine.Press(number.ToString());
        machine.Press("ret");
        (long healthy, _) = Used(machine, "healthy");
        (long hostile, long start) = Used(machine, vm);
        machine.Serial.WaitFor($"foreground: {vm}$");
        machine.Serial.WaitFor($@"^{vm}\| testguest: hostile-{vm} begins");
        double beside = Work(machine);

        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor(MenuShown);
        machine.Press("s");
        machine.Press("s");
        (long healthyEnd, _) = Used(machine, "healthy");
        (long hostileEnd, long end) = Used(machine, vm);
        double window = end - start;
        double share = 100 * (healthyEnd - healthy) / window;
        Note($"beside {vm} in the foreground: healthy had {share:0} % of a processor, {vm} {100 * (hostileEnd - hostile) / window:0} %, in {window / 1000:0.0} s; "
            + $"work {beside:0}, {100 * beside / alone:0} % of what it does alone");
        machine.Serial.WaitFor($"vm: {vm} stopped");

        // Again, for the shell: started in the foreground, then left in the background.
        machine.Press(number.ToString());
        machine.Press("ret");
        machine.Serial.WaitFor($@"^{vm}\| testguest: hostile-{vm} begins");
        Choose(machine, 1, "healthy");
        TimeSpan answer = Answer(machine);
        Note($"beside {vm} in the background: an answer within {answer.TotalSeconds:0.00} s");
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor(MenuShown);
        machine.Press(number.ToString());
        machine.Press("s");
        machine.Press("s");
        machine.Serial.WaitFor($"vm: {vm} stopped");
        machine.Press("1");
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: healthy$");
        Assert.True(share >= Share * processors, $"{share:0} % is less than the share of {Share} % of {processors} processors");
        Assert.True(answer < s_answerLimit, $"the shell answered after {answer.TotalSeconds:0.0} s");
    }

    // A loop on every vCPU; the first one tells how far it gets.
    private static void StartWork(QemuMachine machine, int processors)
    {
        for (int i = 1; i < processors; i++)
        {
            machine.Serial.Type("while :; do :; done &\n");
        }

        machine.Serial.Type(
            "work() { n=0; read a b < /proc/uptime; e=$((${a%.*}+" + WindowSeconds + ")); while [ ${a%.*} -lt $e ]; do "
            + "i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; n=$((n+1)); read a b < /proc/uptime; done; echo worked $n; }\n");
        Run(machine, "healthy", "dmesg -n 3; while :; do work; done &", "worked");
    }

    private static double Work(QemuMachine machine)
    {
        double sum = 0;

        // The first one began before.
        machine.Serial.WaitFor(@"^healthy\| worked \d+$");
        for (int i = 0; i < Windows; i++)
        {
            sum += int.Parse(machine.Serial.WaitFor(@"^healthy\| worked (\d+)$").Groups[1].Value);
        }

        return sum / Windows;
    }

    // Milliseconds of processor time that a VM has had, and those since it was started.
    private static (long Used, long Uptime) Used(QemuMachine machine, string vm)
    {
        Match match = machine.Serial.WaitFor($@"vm: {vm} used=(\d+)ms of=(\d+)ms");
        return (long.Parse(match.Groups[1].Value), long.Parse(match.Groups[2].Value));
    }

    private static TimeSpan Answer(QemuMachine machine)
    {
        // All keys at once, on the serial line: typing takes no part of the time.
        var watch = Stopwatch.StartNew();
        machine.Serial.Type("echo Answer_$((6*7))\n");
        machine.Serial.WaitFor("Answer_42$");
        return watch.Elapsed;
    }
}
