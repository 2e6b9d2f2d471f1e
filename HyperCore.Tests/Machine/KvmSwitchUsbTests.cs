using System;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Keyboards and mice on USB: behind a hub, plugged in late, beside PS/2, on a second controller.</summary>
public class KvmSwitchUsbTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string ShellOnSerial = @"^demo\| .*shell ready on /dev/ttyS0";
    private const int MouseAttempts = 20;

    // The stick that the machine boots from is on the same controller. QEMU's ports for USB 2 are 5 to 8 on the controller.
    private static readonly string[] s_hub = ["-device", "usb-hub,id=hub,port=2"];
    private static readonly string[] s_hubWithDevices =
        [.. s_hub, "-device", "usb-kbd,id=keyboard,port=2.1", "-device", "usb-mouse,id=mouse,port=2.2"];

    [Fact]
    public void BehindAHub_WithoutPs2_DriveMenuAndGuest() => Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), Usb(s_hubWithDevices), machine =>
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.WaitFor("usb: port 6: hub, 8 ports");
        machine.Serial.WaitFor(@"usb: port 6\.1: keyboard");
        machine.Serial.WaitFor(@"usb: port 6\.2: mouse");
        machine.Press("i");
        machine.Serial.WaitForScreen("Esc.*Back");
        machine.Press("esc");
        machine.Serial.WaitForScreen("Enter.*Start");
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: demo");
        machine.Serial.WaitFor(ShellOnSerial);

        Command(machine, "uname -a | tee /dev/ttyS0", @"^demo\| Linux demo \d+\..* x86_64 GNU/Linux");
        Command(machine, "echo \"A_b|C\" '$((6*7))' > /dev/ttyS0", @"^demo\| A_b\|C \$\(\(6\*7\)\)");

        machine.Type("echo listening > /dev/ttyS0; head -c 3 /dev/input/mice | hexdump -C > /dev/ttyS0\n");
        machine.Serial.WaitFor(@"^demo\| listening");
        WaitWhileMoving(machine, @"^demo\| 00000000\s+08 [0-9a-f]{2} 00");

        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor("foreground: menu");
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: demo");

        // No key of the hotkey is stuck: Ctrl would make another character of this, Alt a sequence.
        Command(machine, "echo back > /dev/ttyS0", @"^demo\| back");
    });

    [Fact]
    public void PluggedInLate_Works_AndUnpluggedKeysAreReleased() => Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), Usb(s_hub), machine =>
    {
        machine.Serial.WaitFor("usb: port 6: hub, 8 ports");
        machine.Monitor("device_add usb-kbd,id=first,port=2.3");
        machine.Serial.WaitFor(@"usb: port 6\.3: keyboard");
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: demo");
        machine.Serial.WaitFor(ShellOnSerial);
        Command(machine, "echo first > /dev/ttyS0", @"^demo\| first");

        // Held while it is pulled out: were Shift stuck, the next line would be in capitals.
        machine.SetKey("shift", down: true);
        machine.Monitor("device_del first");
        machine.Serial.WaitFor(@"usb: port 6\.3: unplugged");
        machine.Monitor("device_add usb-kbd,id=second,port=3");
        machine.Serial.WaitFor("usb: port 7: keyboard");
        machine.SetKey("shift", down: false);
        Command(machine, "echo second > /dev/ttyS0", @"^demo\| second");

        machine.Monitor("device_del hub");
        machine.Serial.WaitFor("usb: port 6: unplugged");
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor("foreground: menu");
    });

    [Fact]
    public void BesidePs2_BothKeyboardsWork() =>
        Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"))), new MachineOptions { Arguments = s_hubWithDevices }, machine =>
        {
            machine.Serial.WaitFor(@"usb: port 6\.1: keyboard");

            // QEMU gives keys to the keyboard that was added last.
            machine.Press("i");
            machine.Serial.WaitForScreen("Esc.*Back");
            machine.Monitor("device_del keyboard");
            machine.Serial.WaitFor(@"usb: port 6\.1: unplugged");
            machine.Press("esc");
            machine.Serial.WaitForScreen("Enter.*Start");
        });

    [Fact]
    public void SecondController_BehindABridgeAndWithoutInterrupts_IsPolled() => Boot(
        Esp.With(Configurations.With("none", Configurations.Linux("demo"))),
        Usb("-device", "pcie-root-port,id=bridge,chassis=1", "-device", "nec-usb-xhci,id=second,bus=bridge,msi=off,msix=off", "-device", "usb-kbd,bus=second.0"),
        machine =>
        {
            machine.Serial.WaitFor(@"usb: controller 1: xHCI \d\.\d, \d+ ports, interrupts");
            machine.Serial.WaitFor(@"usb: controller 2: xHCI \d\.\d, \d+ ports, polled");
            machine.Serial.WaitFor(@"usb: port 2-\d+: keyboard");
            machine.Press("i");
            machine.Serial.WaitForScreen("Esc.*Back");
        });

    [Fact]
    public void KeyLogger_InTheBackgroundVm_RecordsNothing() =>
        Boot(Esp.With(Configurations.With("none", Configurations.Linux("demo"), Configurations.Linux("other"))), Usb(s_hubWithDevices), machine =>
        {
            machine.Serial.WaitFor(@"usb: port 6\.2: mouse");
            machine.Press("ret");
            machine.Serial.WaitFor("foreground: demo");
            machine.Serial.WaitFor(ShellOnSerial);
            machine.Type("for f in /dev/input/event* /dev/input/mice; do hexdump -C $f > /dev/ttyS0 & done\n");

            // It works as long as the VM has the keyboard.
            WaitWhileMoving(machine, @"^demo\| 0000[0-9a-f]{4}  ");
            machine.Press("x");
            machine.Serial.WaitFor(@"^demo\| 0000[0-9a-f]{4}  ");

            machine.Press("ctrl", "alt", "home");
            machine.Serial.WaitFor("foreground: menu");
            machine.Press("down");
            machine.Press("ret");
            machine.Serial.WaitFor("foreground: other");
            machine.Serial.WaitFor(@"^other\| .*shell ready on /dev/ttyS0");

            // Linux has long written what it saw before the switch.
            int before = machine.Serial.Text.Length;
            for (int i = 0; i < 5; i++)
            {
                machine.MoveMouse(7, -7);
                machine.Type("echo Correct-Horse > /dev/ttyS0\n");
                machine.Serial.WaitFor(@"^other\| Correct-Horse");
            }

            Assert.DoesNotMatch(@"demo\| 0000[0-9a-f]{4}  ", machine.Serial.Text[before..]);
            machine.Press("ctrl", "alt", "pgdn");
            machine.Serial.WaitFor("foreground: demo");
            machine.Press("y");
            machine.Serial.WaitFor(@"^demo\| 0000[0-9a-f]{4}  ");
        });

    // The guest sets the lights in the middle of typing: what the keyboard answers to that is no key, and no key gets lost.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CapsLock_LightsAreSet_AndNoKeyIsLost(bool isUsb) =>
        Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo"))), isUsb ? Usb(s_hubWithDevices) : new MachineOptions(), machine =>
        {
            machine.Serial.WaitFor(ShellOnSerial);
            for (int round = 0; round < 3; round++)
            {
                machine.Press("caps_lock");
                Command(machine, "ECHO LOUD > /DEV/TTYs0", @"^demo\| loud");
                machine.Press("caps_lock");
                Command(machine, "echo quiet > /dev/ttyS0", @"^demo\| quiet");
            }
        }, isUsb ? "CapsLock_Usb" : "CapsLock_Ps2");

    private static MachineOptions Usb(params string[] arguments) => new() { HasI8042 = false, Arguments = arguments };

    private static void Command(QemuMachine machine, string command, string answer)
    {
        machine.Type(command + "\n");
        machine.Serial.WaitFor(answer);
    }

    private static void WaitWhileMoving(QemuMachine machine, string pattern)
    {
        // What moves before the guest listens is lost, and it does not say when it begins.
        for (int attempt = 1; ; attempt++)
        {
            machine.MoveMouse(5, 0);
            try
            {
                machine.Serial.WaitFor(pattern, TimeSpan.FromSeconds(5));
                return;
            }
            catch (MachineTimeoutException) when (attempt < MouseAttempts)
            {
            }
        }
    }
}
