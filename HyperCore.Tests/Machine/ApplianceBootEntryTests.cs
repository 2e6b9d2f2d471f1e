using System;
using System.IO;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>HyperCore's entry in the firmware's boot menu: made, used, removed.</summary>
public class ApplianceBootEntryTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string RemovableMedia = "/EFI/BOOT/BOOTX64.EFI";

    [Fact]
    public void Entry_IsMade_StartsHyperCore_AndIsRemoved()
    {
        string variables = Path.Combine(Path.GetTempPath(), $"hypercore-{Guid.NewGuid():n}.vars");
        var options = new MachineOptions { VariableStore = variables };
        string config = Configurations.With("none", Configurations.Linux("demo"));
        string entry = "";
        try
        {
            Boot(Esp.With(config), options, machine =>
            {
                machine.Serial.WaitFor(MenuShown);
                machine.Serial.Type("e");
                machine.Serial.WaitForScreen(@"Press e again to add \\EFI\\HyperCore\\HyperCore.efi to the boot menu");
                machine.Serial.Type("e");
                entry = machine.Serial.WaitFor("boot entry: (Boot[0-9A-F]{4}) added").Groups[1].Value;
                machine.Serial.WaitForScreen($"In this machine's boot menu: {entry}, .* in the order");
                machine.Serial.Type("i\t");
                Note(machine.Serial.WaitForScreen($"Boot entry +{entry}, .* in the order").Value);
            });

            // Without the file for removable media the firmware finds nothing by itself: only the entry can start HyperCore.
            Boot(Esp.With(config).Delete(RemovableMedia), options, machine =>
            {
                machine.Serial.WaitFor(MenuShown);
                machine.Serial.Type("e");
                machine.Serial.WaitForScreen($"Press e again to remove {entry}");
                machine.Serial.Type("e");
                machine.Serial.WaitFor($"boot entry: {entry} removed");
                machine.Serial.Type("i\t");
                machine.Serial.WaitForScreen("Boot entry +none");
            });
        }
        finally
        {
            File.Delete(variables);
        }
    }

    // OVMF without flash memory keeps its variables in RAM: nothing lasts, but nothing may break either.
    [Fact]
    public void FirmwareWithoutFlash_DoesNotBreak() =>
        Boot(Esp.With("[hypercore]\ntimeout = none\nlog = debug\n\n" + Configurations.Linux("demo")), new MachineOptions { HasFlash = false }, machine =>
        {
            Note(machine.Serial.WaitFor("debug firmware: variables=.*").Value);
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("e");
            machine.Serial.WaitForScreen("Press e again|firmware");
            machine.Serial.Type("e");
            Note(machine.Serial.WaitFor("boot entry: .*").Value);
            machine.Serial.Type("i\t");
            Note(machine.Serial.WaitForScreen("Boot entry +.*").Value);
        });
}
