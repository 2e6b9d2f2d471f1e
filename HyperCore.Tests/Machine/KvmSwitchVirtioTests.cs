using System;
using System.IO;
using System.Security.Cryptography;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Debian's virtio drivers with HyperCore's virtio devices.</summary>
public class KvmSwitchVirtioTests(ITestOutputHelper output) : KvmSwitchTest(output)
{
    private const string DiskPath = @"\EFI\HyperCore\disk.img";
    private const int DiskSize = 3 << 20;
    private const string ShellOnSerial = @"^demo\| .*shell ready on /dev/ttyS0";

    [Fact]
    public void LinuxDrivers_UseDiskEntropyAndConsole()
    {
        byte[] disk = new byte[DiskSize];
        new Random(20261122).NextBytes(disk);
        string hash = Convert.ToHexString(SHA256.HashData(disk)).ToLowerInvariant();
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, disk);
        string demo = Configurations.Linux("demo", Configurations.Vmlinux) + $"\ncpus = 2\ndisk = {DiskPath}\n";
        string pins = Configurations.Linux("pins", Configurations.Vmlinux).Replace("loglevel=6", "loglevel=6 pci=nomsi", StringComparison.Ordinal)
            + $"\ndisk = {DiskPath}\n";
        Esp esp = Esp.With(Configurations.With("0", demo, pins), (DiskPath.Replace('\\', '/'), file));
        File.Delete(file);
        Boot(esp, new MachineOptions { Processors = 2 }, machine =>
        {
            machine.Serial.WaitFor(ShellOnSerial);
            Run(machine, "demo", "for m in virtio_pci virtio_blk virtio_console virtio-rng; do modprobe $m; done; echo loaded: $?", "loaded: 0");

            // The queue of the disk is packed (feature 34); entropy and console have split ones.
            Run(machine, "demo", "cut -c 33-35 /sys/block/vda/device/features", "101$");
            Run(machine, "demo", "cat /sys/bus/virtio/devices/virtio[01]/features | cut -c 33-35", "100$");
            Run(machine, "demo", "cat /sys/block/vda/serial; echo end", "disk.img");

            Run(machine, "demo", "sha256sum /dev/vda", hash);
            Run(machine, "demo", "dd if=/dev/urandom of=/tmp/x bs=4k count=300 2>&- && dd if=/tmp/x of=/dev/vda bs=4k seek=17 conv=fsync 2>&-; echo written: $?", "written: 0");
            Run(machine, "demo", "echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/vda bs=4k skip=17 count=300 2>&- | cmp - /tmp/x; echo same: $?", "same: 0");
            Run(machine, "demo", "sha256sum /dev/vda | grep -c " + hash, "0$");
            Run(machine, "demo", "head -c 1000 /dev/hwrng | wc -c; head -c 1000 /dev/hwrng | sort -u | wc -c", "1000$");
            Run(machine, "demo", "cat /sys/class/misc/hw_random/rng_current", "virtio_rng");

            // All devices at once, from both processors.
            Run(machine, "demo", "cp /dev/vda /tmp/y; echo copied", "copied");
            machine.Serial.Type("f() { cmp /dev/vda /tmp/y && echo equal >> /tmp/e; head -c 9999 /dev/hwrng > /dev/null; echo from $1 > /dev/hvc0; }\n");
            Run(machine, "demo", "for i in 1 2 3 4; do f $i & done; wait; grep -c equal /tmp/e", "4$");
            Run(machine, "demo", "echo hello over hvc0 > /dev/hvc0", "hello over hvc0$");
            Run(machine, "demo", "cat /proc/self/maps /proc/cpuinfo > /dev/hvc0; echo much: $? > /dev/hvc0", "much: 0$");
            Note(Run(machine, "demo", "grep virtio /proc/interrupts; echo end", ".*PCI-MSI.*virtio.*req[^#]*end").Value);
            Run(machine, "demo", "dmesg | grep -ci 'virtio.*\\(fail\\|error\\|invalid\\|reset\\)'; dmesg | grep -ci 'I/O error'", @"0\n(.*\n)*?demo\| 0$");

            // Another VM does not see what was written to the same file, and can do without MSI-X.
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Press("down");
            machine.Press("ret");
            machine.Serial.WaitFor("foreground: pins");
            machine.Serial.WaitFor(@"^pins\| .*shell ready on /dev/ttyS0");
            Run(machine, "pins", "for m in virtio_pci virtio_blk virtio_console; do modprobe $m; done; sha256sum /dev/vda", hash);
            Run(machine, "pins", "grep virtio /proc/interrupts; echo end", ".*IO-APIC.*virtio[^#]*end");
            Run(machine, "pins", "echo hello from pins > /dev/hvc0", "hello from pins$");

            // Memory only: a VM that is started again has the file's contents.
            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Press("up");
            Stop(machine);
            machine.Press("ret");
            machine.Serial.WaitFor("vm: demo running");
            machine.Serial.WaitFor(ShellOnSerial);
            Run(machine, "demo", "modprobe virtio_pci; modprobe virtio_blk; sha256sum /dev/vda", hash);
            Assert.DoesNotMatch(@"demo\| .*(Kernel panic|Oops|BUG:|soft lockup)", machine.Serial.Text);
        });
    }

    [Fact]
    public void DiskThatCannotBe_SaysWhyTheVmDoesNotStart()
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, new byte[1000]);
        string config = Configurations.With(
            "none",
            Configurations.Linux("missing") + "\ndisk = \\EFI\\HyperCore\\nowhere.img\n",
            Configurations.Linux("odd") + $"\ndisk = {DiskPath}\n");
        Esp esp = Esp.With(config, (DiskPath.Replace('\\', '/'), file));
        File.Delete(file);
        Boot(esp, machine =>
        {
            machine.Serial.WaitFor(MenuShown);
            machine.Press("ret");
            machine.Serial.WaitFor(@"vm: missing failed reason="".*nowhere.img: not found on the partition");
            machine.Press("down");
            machine.Press("ret");
            machine.Serial.WaitFor(@"vm: odd failed reason="".*disk.img: the file's size is not a multiple of 512 bytes");
        });
    }

    // The first time asks, the guest or the person; the second time is meant.
    private static void Stop(QemuMachine machine)
    {
        machine.Press("s");
        machine.Press("s");
        machine.Serial.WaitFor("vm: demo stopped");
    }
}
