using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>
/// <c>hypercore install</c> and <c>uninstall</c> in a Linux that UEFI firmware has started: from a stick to the disk of a PC, with the kernel's efivarfs.
/// </summary>
public class ToolInstallTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string Variables = "/sys/firmware/efi/efivars";
    private const string GlobalVariable = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private const string TestGuest = """
        [vm guest]
        boot    = multiboot
        kernel  = \EFI\HyperCore\testguest\testguest.elf
        memory  = 64M
        """;

    private static readonly string[] s_largeFiles =
    [
        "/EFI/HyperCore/appliance/vmlinux", "/EFI/HyperCore/appliance/initrd.img", "/EFI/HyperCore/appliance/programs.squashfs",
        "/EFI/HyperCore/demo/vmlinux", "/EFI/HyperCore/demo/vmlinuz", "/EFI/HyperCore/demo/initrd.img",
    ];

    private int _commands;

    [Fact]
    public void Entry_IsInstalled_StartsHyperCore_AndIsUninstalled()
    {
        string variables = Path.Combine(Path.GetTempPath(), $"hypercore-{Guid.NewGuid():n}.vars");
        using var disk = new PcDisk();
        var pc = new MachineOptions { VariableStore = variables, Arguments = disk.Arguments };
        string entry = "";
        try
        {
            BootLinux(pc, machine =>
            {
                entry = Install(machine, disk);
                InstallAgain(machine, entry);
                Run(machine, "umount /boot/efi");
                PowerOff(machine);
            });

            // The disk has no \EFI\BOOT\BOOTX64.EFI, and there is no stick: only the entry can start HyperCore.
            Boot(Esp.AsBuilt(), pc with { Medium = Medium.None }, machine =>
            {
                machine.Serial.WaitFor(MenuShown);
                machine.Serial.Type("1\r");
                machine.Serial.WaitFor(@"testguest: (\d+) passed, 0 failed");
                machine.Serial.WaitFor(@"vm: guest stopped");
                machine.Serial.WaitFor(MenuShown);
                machine.Serial.Type("i\t");
                Note(machine.Serial.WaitForScreen($"Boot entry +{entry}, .* in the order").Value);
            });

            BootLinux(pc, machine =>
            {
                Uninstall(machine, entry);
                Run(machine, "umount /boot/efi");
                PowerOff(machine);
            });
        }
        finally
        {
            File.Delete(variables);
        }
    }

    private static Esp Stick()
    {
        Esp esp = Esp.With(Configurations.With("none", TestGuest));
        foreach (string file in s_largeFiles)
        {
            esp.Delete(file);
        }

        return esp;
    }

    private void BootLinux(MachineOptions pc, Action<QemuMachine> steps, [CallerMemberName] string test = "") => Boot(
        Stick(),
        pc with { StartsFromStick = false, Arguments = [.. pc.Arguments, .. ToolGuest.Arguments] },
        "Linux",
        "shell ready on /dev/ttyS0",
        machine =>
        {
            Run(machine, "disks");
            steps(machine);
        },
        test);

    // Returns the name of the entry.
    private string Install(QemuMachine machine, PcDisk disk)
    {
        Assert.DoesNotContain("HyperCore", Run(machine, "efibootmgr -v"));
        string call = "hypercore install --tree /stick --esp /boot/efi --yes";
        string said = Run(machine, call);
        string list = Run(machine, "efibootmgr -v");
        Directory.CreateDirectory(Screens);
        File.WriteAllText(Path.Combine(Screens, "efibootmgr.txt"), $"# {call}\n{said}\n# efibootmgr -v\n{list}\n");
        Note($"{said}\n{list}");

        string entry = Regex.Match(said, @"^entry +(Boot[0-9A-F]{4}) .* \(new\)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Contains($"partition  /boot/efi (/dev/nvme0n1p2, GPT partition 2, {disk.PartitionGuid})", said);
        Assert.Contains("HyperCore is installed", said);
        Assert.Matches($@"(?im)^{entry}\* HyperCore\s+{Regex.Escape(disk.PartitionText)}/File\(\\EFI\\HyperCore\\HyperCore\.efi\)", list);
        Assert.Matches($"(?m)^BootOrder: (.*,)?{entry[4..]}$", list);
        Assert.Equal("EFI\nEFI/HyperCore", Run(machine, "cd /boot/efi; find EFI -type d -maxdepth 1 -o -type d -name HyperCore; cd"));
        return entry;
    }

    private void InstallAgain(QemuMachine machine, string entry)
    {
        string before = Run(machine, $"cd {Variables}; sha256sum Boot*; cd");
        string said = Run(machine, "hypercore install --tree /stick --esp /boot/efi --yes");
        Note(said);
        Assert.Matches($@"(?m)^entry +{entry} .* \(unchanged\)$", said);
        Assert.Contains("everything is installed already", said);
        Assert.Equal(before, Run(machine, $"cd {Variables}; sha256sum Boot*; cd"));

        // Its own partition is the only one that can be meant when there is no stick.
        Run(machine, "umount /stick");
        Assert.Contains("everything is installed already", Run(machine, "hypercore install --tree /boot/efi --yes"));

        // First in the order, and with another name: the entry that is there is written anew.
        Assert.Contains("differs, is put right", Run(machine, "hypercore install --tree /boot/efi --first --label Mail --yes"));
        Assert.Matches($@"(?m)^BootOrder: {entry[4..]}[\s\S]*^{entry}\* Mail", Run(machine, "efibootmgr -v"));
        Assert.Contains("differs, is put right", Run(machine, "hypercore install --tree /boot/efi --yes"));
    }

    private void Uninstall(QemuMachine machine, string entry)
    {
        Assert.Contains($"{entry}* HyperCore", Run(machine, "efibootmgr -v"));

        // Linux protects variables that it does not know from being deleted by mistake, and a user may protect any.
        string file = $"{Variables}/{entry}-{GlobalVariable}";
        Run(machine, $"efibootmgr -q -n {entry[4..]}; chattr +i {file}");
        Assert.Contains("not permitted", Run(machine, $"rm -f {file}", isGood: false));
        string said = Run(machine, "hypercore uninstall --esp /boot/efi --yes");
        string list = Run(machine, "efibootmgr -v");
        Note($"{said}\n{list}");
        Assert.Contains($"remove     {entry}", said);
        Assert.Contains("HyperCore is uninstalled", said);
        Assert.DoesNotContain("HyperCore", list);
        Assert.DoesNotContain(entry, list);
        Assert.DoesNotMatch($"(?m)^(BootNext: |BootOrder: .*){entry[4..]}", list);
        Assert.Equal("0", Run(machine, "ls /boot/efi/EFI | grep -c HyperCore", isGood: false));
        Assert.Contains("not installed there", Run(machine, "hypercore uninstall --esp /boot/efi --yes"));
    }

    // Returns what a command wrote, both ways.
    private string Run(QemuMachine machine, string command, bool isGood = true)
    {
        string number = $"{++_commands:000}";
        machine.Serial.Type($"({command}) > /tmp/out 2>&1; code=$?; echo out-$((1000+{_commands})):; cat /tmp/out; echo code-$((1000+{_commands}))=$code\n");
        Match match = machine.Serial.WaitFor($@"out-1{number}:\n((?s:.*?))code-1{number}=(\d+)");
        string text = match.Groups[1].Value.TrimEnd('\n');
        Assert.True((match.Groups[2].Value == "0") == isGood, $"{command} ended with {match.Groups[2].Value}: {text}");
        return text;
    }

    private static void PowerOff(QemuMachine machine)
    {
        machine.Serial.Type("poweroff -f\n");
        machine.WaitForPowerOff();
    }
}
