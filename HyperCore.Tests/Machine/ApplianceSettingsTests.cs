using System;
using System.IO;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>A VM's settings in the firmware's variables, over power-off.</summary>
public class ApplianceSettingsTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string LoadDriver = "modprobe virtio_pci; modprobe virtio_blk; grep -l hypercore-settings /sys/block/*/serial";

    [Fact]
    public void WhatAGuestHasFlushed_IsThereAfterPowerOff()
    {
        string variables = Path.Combine(Path.GetTempPath(), $"hypercore-{Guid.NewGuid():n}.vars");
        var options = new MachineOptions { VariableStore = variables };
        string config = Configurations.With("0", Linux("demo", 1, "settings = yes\n"));
        string hash = "";
        try
        {
            Boot(Esp.With(config), options, machine =>
            {
                machine.Serial.WaitFor("settings: demo loaded bytes=0");
                WaitForShell(machine, "demo");
                Run(machine, "demo", LoadDriver, "/sys/block/vda/serial");
                Run(machine, "demo", "cat /sys/block/vda/size", "16$");

                // The guest is told that it is written when it is saved.
                machine.Serial.Type("seq 1000 2199 > /tmp/p; dd if=/tmp/p of=/dev/vda bs=500 conv=fsync 2>&-; echo written: $?\n");
                Note(machine.Serial.WaitFor(@"settings: demo saved pieces=6 ms=\d+").Value);
                machine.Serial.WaitFor(@"^demo\| written: 0");

                // Nothing has changed since: nothing is written.
                Run(machine, "demo", "dd if=/tmp/p of=/dev/vda bs=500 conv=fsync 2>&-; echo again: $?", "again: 0");
                Assert.Single(System.Text.RegularExpressions.Regex.Matches(machine.Serial.Text, "settings: demo saved"));
                hash = Run(machine, "demo", "sha256sum < /dev/vda", "([0-9a-f]{64})").Groups[1].Value;
                machine.Serial.Type(SerialMenuKey);
                machine.Serial.WaitFor("foreground: menu");
                machine.Serial.Type("q");
                machine.Serial.WaitForScreen("Turn this machine off");
                machine.Serial.Type("y");
                machine.WaitForPowerOff();
            });
            Boot(Esp.With(config), options, machine =>
            {
                machine.Serial.WaitFor("settings: demo loaded bytes=6000");
                WaitForShell(machine, "demo");
                Run(machine, "demo", LoadDriver, "/sys/block/vda/serial");
                Run(machine, "demo", "sha256sum < /dev/vda", hash);
            });
        }
        finally
        {
            File.Delete(variables);
        }
    }
}
