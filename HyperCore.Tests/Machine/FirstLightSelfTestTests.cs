using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The self-test of the core library, which runs in an image of its own under the firmware; each of its tests is one here.</summary>
public class FirstLightSelfTestTests(ITestOutputHelper output) : MachineTest(output)
{
    [Fact]
    public void CoreLibrary_InItsImage_PassesItsSelfTest() => Boot(Esp.Booting("HyperCore.SelfTest.efi"), machine =>
    {
        Match end = machine.Serial.WaitFor(@"^selftest: (\d+) passed, (\d+) failed");
        var failures = new List<string>();
        foreach (Match result in Regex.Matches(machine.Serial.Text, @"^selftest: (\S+) (ok|FAILED.*)$", RegexOptions.Multiline))
        {
            Note(result.Value);
            if (result.Groups[2].Value != "ok")
            {
                failures.Add(result.Value);
            }
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.Equal("0", end.Groups[2].Value);
        Assert.True(int.Parse(end.Groups[1].Value) > 20, "hardly anything was tested");
    });
}
