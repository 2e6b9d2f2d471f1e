using System;
using System.IO;
using System.Text;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>What the appliance does without HyperCore as with it: it trusts only whom it should, and keeps its settings across boots.</summary>
public class ApplianceProgramsTests(ITestOutputHelper output) : ApplianceTest(output)
{
    [Fact]
    public void Browser_CertificateOfNobody_IsNotAccepted()
    {
        using var authority = new TestAuthority();
        using var server = new HttpsServer(authority.Certificate, new() { ["/"] = ("text/html", "<body>no</body>"u8.ToArray()) });
        string disk = CreateDisk(("settings", $"home-page = https://{TestAuthority.Host}:{server.Port}/\n"));
        try
        {
            BootAlone(disk, machine =>
            {
                machine.Serial.WaitFor("appliance: network");
                Shell(machine);
                machine.Serial.Type("""
                    cd /tmp; export HOME=/root; netsurf-fb -v -f ram -w 640 -h 480 -b 32 https://10.0.2.2:PORT/ > log 2>&1 & sleep 1; while ! grep -i 'certificate' log; do sleep 1; done

                    """.Replace("PORT", $"{server.Port}", StringComparison.Ordinal));
                machine.Serial.WaitFor("(?i)certificate.*\n(.*\n)*.*certificate");
                Assert.Empty(server.Requests);
            });
        }
        finally
        {
            File.Delete(disk);
        }
    }

    [Fact]
    public void Settings_AreKeptAcrossBoots()
    {
        string disk = CreateDisk();
        try
        {
            BootAlone(disk, machine =>
            {
                machine.Press("4");
                machine.Serial.WaitFor("appliance: settings");
                machine.Press("ret");
                machine.Type("de\n");
                machine.Serial.WaitFor("appliance: settings kept");

                // As on a German keyboard: y and z have changed places.
                machine.Press("down");
                machine.Press("ret");
                machine.Type("berlin\n");
                machine.Serial.WaitFor("appliance: settings kept");
                machine.Press("down");
                machine.Press("ret");
                machine.Type("zx.org\n");
                machine.Serial.WaitFor("appliance: settings kept");
                machine.TakeScreenshot().SavePng(Path.Combine(Screens, "appliance-settings.png"));
            });
            string kept = Encoding.UTF8.GetString(ReadDisk(disk)["settings"]);
            Assert.Contains("keyboard = de\ntime-zone = Europe/Berlin\nhome-page = yx.org\n", kept, StringComparison.Ordinal);

            BootAlone(disk, machine =>
            {
                Shell(machine);
                machine.Serial.Type("cat /root/kept/settings; readlink /etc/localtime\n");
                machine.Serial.WaitFor("keyboard = de");
                machine.Serial.WaitFor("^/usr/share/zoneinfo/Europe/Berlin");
            });
        }
        finally
        {
            File.Delete(disk);
        }
    }

    [Fact]
    public void SettingsWithPassphrase_AreOpenedByThatOnly()
    {
        string disk = CreateDisk(("settings", "home-page = nobodys-business.example.org\n"));
        try
        {
            BootAlone(disk, machine =>
            {
                machine.Press("4");
                machine.Serial.WaitFor("appliance: settings");
                machine.Press("end");
                machine.Press("ret");
                machine.Type("open sesame\n");
                machine.Serial.WaitFor("appliance: settings kept");
            });
            Assert.DoesNotContain("nobodys-business", Encoding.Latin1.GetString(File.ReadAllBytes(disk)), StringComparison.Ordinal);

            BootAlone(
                disk,
                machine =>
                {
                    Shell(machine);
                    machine.Type("open sesam\n");
                    machine.Serial.Type("sleep 1; cat /root/kept/settings; echo locked-$((1+1))\n");
                    machine.Serial.WaitFor("No such file(.*\n)*.*locked-2");
                    machine.Type("open sesame\n");
                    machine.Serial.WaitFor(StartScreenShown);
                    machine.Serial.Type("cat /root/kept/settings\n");
                    machine.Serial.WaitFor("home-page = nobodys-business.example.org");
                },
                shown: "appliance: passphrase");
        }
        finally
        {
            File.Delete(disk);
        }
    }

    private static void Shell(QemuMachine machine)
    {
        machine.Serial.Type("\n");
        machine.Serial.WaitFor("built-in shell");
    }
}
