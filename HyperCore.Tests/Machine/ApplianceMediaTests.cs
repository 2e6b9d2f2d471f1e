using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>HyperCore from other media than a stick: SD card, eMMC, the firmware's own flash.</summary>
public class ApplianceMediaTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string TestGuest = """
        [vm guest]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        memory  = 64M
        """;

    private static string Config => Configurations.With("none", TestGuest);

    [Fact]
    public void SdCard_Boots_AndStartsTheTestGuest() => Boot(
        Esp.With(Config).AsCard(), new MachineOptions { Medium = Medium.Sd, Firmware = MediaFirmware.WithSdDrivers }, StartsTheGuest);

    [Fact]
    public void Emmc_Boots_AndStartsTheTestGuest() => Boot(
        Esp.With(Config).AsCard(),
        new MachineOptions { Medium = Medium.Emmc, Firmware = MediaFirmware.WithSdDrivers, Program = MediaFirmware.QemuWithEmmc },
        StartsTheGuest);

    [Fact]
    public void Flash_WithNoDisk_StartsTheTestGuest() => Boot(
        Esp.AsBuilt(), new MachineOptions { Medium = Medium.None, Firmware = MediaFirmware.WithHyperCore }, StartsTheGuest);

    [Fact]
    public void Flash_WithoutConfiguration_TakesThatOfAPartition()
    {
        var options = new MachineOptions { StartsFromStick = false, Firmware = MediaFirmware.WithoutConfiguration() };
        Esp esp = Esp.With(Configurations.With("none", TestGuest, TestGuest.Replace("guest]", "missing]").Replace("testguest.elf", "nothing.elf")));
        Boot(esp, options, machine =>
        {
            machine.Serial.WaitFor("HyperCore .firmware flash");
            StartsTheGuest(machine);
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("2\r");
            machine.Serial.WaitFor(
                @"vm: missing failed reason="".*nothing\.elf: not found in the firmware volume HyperCore was started from, nor on the partition that has hypercore\.conf");

            // The entry that started it names the file in the volume, not the one of that partition.
            machine.Serial.Type("i\t");
            Note(machine.Serial.WaitForScreen("Boot entry +Boot[0-9A-F]{4}, first in the order").Value);
        });
    }

    [Fact]
    public void Flash_WithoutConfigurationAndDisk_SaysWhereItLooked() => Boot(
        Esp.AsBuilt(),
        new MachineOptions { Medium = Medium.None, Firmware = MediaFirmware.WithoutConfiguration() },
        machine =>
        {
            machine.Serial.WaitFor(
                @"error config: \\EFI\\HyperCore\\hypercore\.conf was not found in the firmware volume HyperCore was started from, nor on any partition of this machine");
            machine.Serial.WaitFor(MenuShown);
        });

    private static void StartsTheGuest(QemuMachine machine)
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.Type("1\r");
        machine.Serial.WaitFor(@"testguest: hello from C#, multiboot magic ok");
        machine.Serial.WaitFor(@"testguest: (\d+) passed, 0 failed");
        machine.Serial.WaitFor(@"vm: \w+ stopped reason="".*off""");
    }
}
