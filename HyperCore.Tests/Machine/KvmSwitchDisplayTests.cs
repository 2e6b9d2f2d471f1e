using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The mediated display under a driver that sets modes, Linux's bochs, and under the KVM switch.</summary>
public class KvmSwitchDisplayTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string Ready = "shell ready on /dev/ttyS0";

    // modetest's picture has the colour bars of SMPTE.
    private const int FewestColours = 12;

    [Fact]
    public void BochsDriver_ThreeModesInARow_TheScreenHasEachSize() => Boot(Esp.With(Configurations.With("0", Configurations.Linux("demo", Configurations.Vmlinux))), machine =>
    {
        machine.Serial.WaitFor(@"^demo\| .*" + Ready);
        foreach ((int width, int height) in new[] { (800, 600), (1024, 768), (1280, 1024) })
        {
            SetMode(machine, "demo", width, height);
            Screenshot picture = WaitForPicture(machine, screen => screen.Width == width && screen.Height == height && screen.CountColours() >= FewestColours);
            picture.SavePng(Path.Combine(Screens, $"mode-{width}x{height}.png"));
            machine.Press("ctrl", "c");
        }

        Assert.DoesNotMatch(@"demo\| .*(Kernel panic|Oops|BUG:|soft lockup)", machine.Serial.Text);

        // The menu has its own mode, and the VM its own after that.
        SetMode(machine, "demo", 1024, 768);
        Screenshot before = WaitForStill(machine, screen => screen.Width == 1024 && screen.CountColours() >= FewestColours);
        machine.Press("ctrl", "alt", "home");
        machine.Serial.WaitFor("foreground: menu");
        WaitForPicture(machine, screen => screen.Width == 1280 && screen.Height == 800 && screen.ShareNotBlack() > 0.9).SavePng(Path.Combine(Screens, "mode-menu.png"));
        machine.Press("ret");
        machine.Serial.WaitFor("foreground: demo");
        Assert.Equal(0, before.ShareDifferent(WaitForStill(machine, screen => screen.Width == 1024)));
    });

    // With the real display's mode registers, and with a framebuffer that every picture has to be copied to.
    [Theory]
    [InlineData("std")]
    [InlineData("virtio")]
    public void PageFlipping_WithoutPause_LeavesTheMenuToThePerson(string vga) => Boot(
        Esp.With(Configurations.With("0", Configurations.Linux("demo", Configurations.Vmlinux))), new MachineOptions { Vga = vga }, machine =>
        {
            machine.Serial.WaitFor(@"^demo\| .*" + Ready);
            machine.Type("setmode 800x600 -v\n");
            Note($"{vga}: {machine.Serial.WaitFor(@"^demo\| freq: \d+.*Hz").Value}");
            for (int round = 0; round < 3; round++)
            {
                machine.Press("ctrl", "alt", "home");
                machine.Serial.WaitFor("foreground: menu");
                machine.Press("ret");
                machine.Serial.WaitFor("foreground: demo");
                machine.Serial.WaitFor(@"^demo\| freq: \d+.*Hz");
            }

            machine.Press("ctrl", "c");
            machine.Type("echo still here > /dev/ttyS0\n");
            machine.Serial.WaitFor(@"^demo\| still here");
        });

    [Fact]
    public void TwoVms_DifferentModes_SwitchedToAndFro_KeepEveryPixel()
    {
        string conf = Configurations.With(
            "0", Configurations.Linux("one", Configurations.Vmlinux), Configurations.Linux("two", Configurations.Vmlinux) + "\nautostart = yes");
        Boot(Esp.With(conf), new MachineOptions { Memory = "2G" }, machine =>
        {
            machine.Serial.WaitForFirst(@"^one\| .*" + Ready);
            machine.Serial.WaitForFirst(@"^two\| .*" + Ready);
            SetMode(machine, "one", 800, 600);
            Screenshot one = WaitForStill(machine, screen => screen.Width == 800 && screen.CountColours() >= FewestColours);
            one.SavePng(Path.Combine(Screens, "switch-one.png"));

            Next(machine, "two");

            // No prompt is to come behind it, which would be another picture.
            machine.Type("printf '\\033[?25l' > /dev/tty1; ls -l / /bin; echo listed > /dev/ttyS0; sleep 100000\n");
            machine.Serial.WaitFor(@"^two\| listed");
            Screenshot two = WaitForStill(machine, screen => screen.Width == 1280);
            two.SavePng(Path.Combine(Screens, "switch-two.png"));

            for (int round = 0; round < 5; round++)
            {
                Next(machine, "one");
                Assert.Equal(0, one.ShareDifferent(WaitForStill(machine, screen => screen.Width == 800)));
                Next(machine, "two");
                Assert.Equal(0, two.ShareDifferent(WaitForStill(machine, screen => screen.Width == 1280)));
            }
        });
    }

    // QEMU's virtio-vga has a framebuffer of the firmware's, and no mode registers that HyperCore knows.
    [Fact]
    public void FixedFramebuffer_OtherModes_AreCentredOrScaled() => Boot(
        Esp.With(Configurations.With("0", Configurations.Linux("demo", Configurations.Vmlinux))), new MachineOptions { Vga = "virtio" }, machine =>
        {
            machine.Serial.WaitFor(@"^demo\| .*" + Ready);
            SetMode(machine, "demo", 800, 600);
            Screenshot centred = WaitForStill(machine, screen => screen.CountColours() >= FewestColours);
            centred.SavePng(Path.Combine(Screens, "fixed-800x600.png"));
            Assert.Equal((1280, 800), (centred.Width, centred.Height));
            Assert.Equal(0, centred[239, 400]);
            Assert.NotEqual(0, centred[240, 100]);
            Assert.Equal(0, centred[1040, 400]);
            machine.Press("ctrl", "c");

            SetMode(machine, "demo", 1280, 1024);
            Screenshot scaled = WaitForStill(machine, screen => screen[239, 100] != 0 && screen.CountColours() >= FewestColours);
            scaled.SavePng(Path.Combine(Screens, "fixed-1280x1024.png"));
            Assert.NotEqual(0, scaled[140, 0]);
            Assert.Equal(0, scaled[139, 0]);
        });

    private static void SetMode(QemuMachine machine, string vm, int width, int height)
    {
        machine.Type($"setmode {width}x{height}\n");
        machine.Serial.WaitFor($@"^{vm}\| setting mode {width}x{height}");
    }

    private static void Next(QemuMachine machine, string vm)
    {
        machine.Press("ctrl", "alt", "pgdn");
        machine.Serial.WaitFor("foreground: " + vm);
    }

    // A screen has no event to wait for: it is looked at until it is as it should be.
    private static Screenshot WaitForPicture(QemuMachine machine, Func<Screenshot, bool> isRight)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Screenshot screen = machine.TakeScreenshot();
            if (isRight(screen))
            {
                return screen;
            }

            if (watch.Elapsed > QemuMachine.Limit)
            {
                throw new MachineTimeoutException($"the screen did not become what was expected; it is {screen.Width}x{screen.Height}", machine.Serial.Text);
            }

            Thread.Sleep(200);
        }
    }

    // Two pictures in a row are the same.
    private static Screenshot WaitForStill(QemuMachine machine, Func<Screenshot, bool> isRight)
    {
        Screenshot? last = null;
        return WaitForPicture(machine, screen =>
        {
            bool still = isRight(screen) && last != null && last.ShareDifferent(screen) == 0;
            last = screen;
            return still;
        });
    }
}
