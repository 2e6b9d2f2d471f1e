using System;
using System.IO;
using System.Runtime.CompilerServices;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>What tests that boot a machine have in common.</summary>
[Trait(MachineTrait.Name, MachineTrait.Value)]
public abstract class MachineTest(ITestOutputHelper output)
{
    private const string AnyLineOfHyperCore = "^HyperCore|hypercore: version=|selftest: ";

    /// <summary>The first line of the log, and with it the start of HyperCore's clock.</summary>
    protected const string VersionLine = @"hypercore: version=\S+ cpu=.* virt=\S+ pcpus=\d+ memory=\S+";

    /// <summary>The menu is shown.</summary>
    protected const string MenuShown = "menu: shown";

    /// <summary>Where tests save what they have taken on the way.</summary>
    protected static string Screens => Path.Combine(Repository.Artifacts, "screens");

    /// <summary>Writes to the test's output.</summary>
    protected void Note(string text) => output.WriteLine(text);

    /// <summary>Boots a machine and lets a test use it. When the test fails, what is known is saved in artifacts/failures.</summary>
    private protected void Boot(Esp esp, MachineOptions options, Action<QemuMachine> steps, [CallerMemberName] string test = "") =>
        Boot(esp, options, "HyperCore", AnyLineOfHyperCore, steps, test);

    /// <summary>Boots a machine whose firmware starts something else.</summary>
    /// <param name="esp">The stick.</param>
    /// <param name="options">The machine.</param>
    /// <param name="what">What the firmware starts.</param>
    /// <param name="sign">The first line of it, a regular expression.</param>
    /// <param name="steps">The test.</param>
    /// <param name="test">Its name.</param>
    private protected void Boot(Esp esp, MachineOptions options, string what, string sign, Action<QemuMachine> steps, [CallerMemberName] string test = "")
    {
        string evidence = Path.Combine(Repository.Artifacts, "failures", GetType().Name + "." + test);
        if (Directory.Exists(evidence))
        {
            Directory.Delete(evidence, recursive: true);
        }

        using (esp)
        {
            using QemuMachine machine = StartUntilItRuns(esp, options, what, sign, evidence);
            try
            {
                Note($"{what} runs {machine.Uptime.TotalSeconds:0.0} s after power-on");
                steps(machine);
            }
            catch
            {
                machine.SaveEvidence(evidence);
                Note($"the serial line, the screen and QEMU's command line are in {evidence}");
                throw;
            }
        }
    }

    /// <summary>Boots the default machine.</summary>
    private protected void Boot(Esp esp, Action<QemuMachine> steps, [CallerMemberName] string test = "") => Boot(esp, new MachineOptions(), steps, test);

    /// <summary>
    /// Boots a machine in Bochs and lets a test use it. Its bochs.log is kept in artifacts/bochs-logs, and the test fails when the log names a
    /// rule of VMRUN or of a VM entry that HyperCore has broken.
    /// </summary>
    private protected void Boot(Esp esp, BochsOptions options, Action<BochsMachine> steps, [CallerMemberName] string test = "")
    {
        string name = GetType().Name + "." + test;
        string evidence = Path.Combine(Repository.Artifacts, "failures", name);
        if (Directory.Exists(evidence))
        {
            Directory.Delete(evidence, recursive: true);
        }

        using (esp)
        {
            using BochsMachine machine = BochsMachine.Start(options, esp);
            try
            {
                machine.Serial.WaitForFirst(AnyLineOfHyperCore);
                Note($"HyperCore runs {machine.Uptime.TotalSeconds:0.0} s after power-on");
                steps(machine);
                Assert.Empty(BochsLog.BrokenRules(machine.Log));
            }
            catch
            {
                machine.SaveEvidence(evidence);
                Note($"the serial line, Bochs's log and command line are in {evidence}");
                throw;
            }
            finally
            {
                machine.SaveLog(Path.Combine(Repository.Artifacts, "bochs-logs", name + ".log"));
            }
        }
    }

    /// <summary>Boots a machine of one of the emulators; a test that takes it this way runs on all of them.</summary>
    private protected void Boot(Esp esp, BackEnd backEnd, Action<TestMachine> steps, [CallerMemberName] string test = "")
    {
        if (backEnd.Bochs is { } bochs)
        {
            Boot(esp, bochs, steps, $"{test}-{backEnd}");
        }
        else
        {
            Boot(esp, backEnd.Qemu!, steps, $"{test}-{backEnd}");
        }
    }

    /// <summary>The firmware is not what is tested: when it does not get as far as what it starts, it may try once more.</summary>
    private QemuMachine StartUntilItRuns(Esp esp, MachineOptions options, string what, string sign, string evidence)
    {
        for (int attempt = 1; ; attempt++)
        {
            QemuMachine machine = QemuMachine.Start(options, esp);
            try
            {
                machine.Serial.WaitForFirst(sign);
                return machine;
            }
            catch (Exception exception)
            {
                machine.SaveEvidence(evidence + (attempt == 1 ? "-firmware" : ""));
                machine.Dispose();
                if (exception is not MachineTimeoutException || attempt > 1)
                {
                    throw;
                }

                Note($"RETRY: the firmware did not start {what} within {QemuMachine.Limit.TotalSeconds:0} s; once more");
            }
        }
    }
}
