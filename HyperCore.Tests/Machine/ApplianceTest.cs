using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using HyperCore.Core.Config;
using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Settings;
using HyperCore.Tests.Harness;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>What tests of the appliance have in common.</summary>
public abstract class ApplianceTest(ITestOutputHelper output) : MachineTest(output)
{
    private const int DiskSize = 32 << 10;

    /// <summary>The start screen is there.</summary>
    protected const string StartScreenShown = @"appliance: start screen";

    private static readonly VirtualMachineConfig s_shipped = Configurations.Shipped()[0];

    /// <summary>The section of hypercore.conf for the appliance, without network and settings.</summary>
    protected static string Section { get; } = $"""
        [vm mail]
        title   = {s_shipped.Title}
        boot    = linux
        kernel  = {s_shipped.Kernel}
        initrd  = {s_shipped.Initrd}
        disk    = {s_shipped.GetDisk(0)}
        cmdline = {s_shipped.CommandLine}
        memory  = 512M
        """;

    /// <summary>Boots the appliance in QEMU without HyperCore, on QEMU's user network, with a settings disk.</summary>
    private protected void BootAlone(string settingsDisk, Action<QemuMachine> steps, string shown = StartScreenShown, [CallerMemberName] string test = "")
    {
        string evidence = Path.Combine(Repository.Artifacts, "failures", GetType().Name + "." + test);
        using var machine = QemuMachine.StartKernel(new MachineOptions
        {
            Kernel = OnHost(s_shipped.Kernel!),
            Memory = "512M",
            Arguments =
            [
                "-initrd", OnHost(s_shipped.Initrd!), "-append", s_shipped.CommandLine,
                "-drive", $"if=none,id=programs,format=raw,readonly=on,file={OnHost(s_shipped.GetDisk(0))}",
                "-device", "virtio-blk-pci,drive=programs,serial=programs.squashfs",
                "-nic", "user,model=virtio-net-pci",
                "-device", "virtio-rng-pci",
                "-drive", $"if=none,id=settings,format=raw,file={settingsDisk}",
                "-device", "virtio-blk-pci,drive=settings,serial=hypercore-settings",
            ],
        });
        try
        {
            machine.Serial.WaitFor(shown);
            Note($"its first page is there {machine.Uptime.TotalSeconds:0.0} s after power-on");
            steps(machine);
        }
        catch
        {
            machine.SaveEvidence(evidence);
            Note($"the serial line, the screen and QEMU's command line are in {evidence}");
            throw;
        }
    }

    /// <summary>
    /// Waits until the shipped configuration has the appliance in front of a person, with an address. It starts in the background while the menu
    /// counts, so what comes first depends on how fast the machine is.
    /// </summary>
    private protected void WaitUntilConnected(QemuMachine machine)
    {
        machine.Serial.WaitFor("settings: mail loaded bytes=0");
        machine.Serial.WaitForFirst(@"^mail\| .*" + StartScreenShown);
        Note($"the start screen is there {machine.Uptime.TotalSeconds:0.0} s after power-on");
        machine.Serial.WaitForFirst("foreground: mail");
        machine.Serial.WaitForFirst(@"appliance: network 10\.0\.2\.\d+");
        machine.Serial.SkipToEnd();
    }

    /// <summary>A settings disk with these files on it; the caller deletes it.</summary>
    private protected static string CreateDisk(params (string Name, string Text)[] files)
    {
        var content = new Dictionary<string, byte[]>();
        foreach ((string name, string text) in files)
        {
            content[name] = Encoding.UTF8.GetBytes(text);
        }

        byte[] disk = new byte[DiskSize];
        if (files.Length > 0)
        {
            SettingsSlots.Write(disk, KeptFiles.Pack(content), false, out int offset).CopyTo(disk, offset);
        }

        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, disk);
        return path;
    }

    /// <summary>The files on a settings disk.</summary>
    private protected static Dictionary<string, byte[]> ReadDisk(string path) => KeptFiles.Unpack(SettingsSlots.Read(File.ReadAllBytes(path), out _)!)!;

    /// <summary>Takes pictures until one is as wanted.</summary>
    private protected static Screenshot WaitForPicture(QemuMachine machine, string what, Func<Screenshot, bool> isGood)
    {
        TimeSpan end = machine.Uptime + QemuMachine.Limit;
        while (true)
        {
            Screenshot picture = machine.TakeScreenshot();
            if (isGood(picture))
            {
                return picture;
            }

            if (machine.Uptime > end)
            {
                throw new MachineTimeoutException($"the screen did not show {what} within {QemuMachine.Limit.TotalSeconds:0} s", machine.Serial.Text);
            }

            // QEMU has no event for a picture.
            Thread.Sleep(250);
        }
    }

    /// <summary>How many pixels have a colour.</summary>
    private protected static int Count(Screenshot picture, int colour) => Count(picture, colour, new Rectangle(0, 0, picture.Width, picture.Height));

    /// <summary>How many pixels of a part have a colour.</summary>
    private protected static int Count(Screenshot picture, int colour, Rectangle area)
    {
        int count = 0;
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++)
            {
                count += picture[x, y] == colour ? 1 : 0;
            }
        }

        return count;
    }

    // Where a file of the image was built.
    private static string OnHost(string path) => Repository.Built("esp" + path.Replace('\\', '/'));
}
