using System;
using System.IO;
using System.Text;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The appliance's programs on a network, and its settings across boots; without HyperCore, because that plays no part.</summary>
public class ApplianceProgramsTests(ITestOutputHelper output) : ApplianceTest(output)
{
    private const int Red = 0xD01020;
    private const int Green = 0x10A040;

    [Fact]
    public void Browser_PageOverHttps_IsShownWithImageAndScript()
    {
        using var authority = new TestAuthority();
        using var server = new HttpsServer(authority.Certificate, new()
        {
            ["/"] = ("text/html", Encoding.ASCII.GetBytes("""
                <!DOCTYPE html><html><head><title>Test</title></head><body style="background: #ffffff"><h1>HyperCore says hello</h1>
                <p><img src="/image.png" width="200" height="100" alt=""></p>
                <script>document.write('<p style="background: #10a040; width: 200px; height: 100px">by script</p>');</script></body></html>
                """)),
            ["/image.png"] = ("image/png", Image()),
        });
        string disk = CreateDisk(("settings", $"home-page = https://{TestAuthority.Host}:{server.Port}/\n"), ("extra-ca.pem", authority.RootPem));
        try
        {
            BootAlone(disk, machine =>
            {
                machine.Serial.WaitFor("appliance: network");
                machine.Press("1");
                machine.Serial.WaitFor("appliance: browser");
                Screenshot page = WaitForPicture(machine, "the page", picture => Count(picture, Red) > 15_000 && Count(picture, Green) > 10_000);
                page.SavePng(Path.Combine(Screens, "browser.png"));
                Assert.True(Count(page, 0) > 200, "there is no text");
                Assert.Contains("/image.png", server.Requests);

                machine.Press("ctrl", "q");
                machine.Serial.WaitFor(StartScreenShown);
            });
        }
        finally
        {
            File.Delete(disk);
        }
    }

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
    public void Mail_IsReadByImapAndSentBySmtp_OverTls()
    {
        const string Password = "opensesame";
        using var authority = new TestAuthority();
        using var imap = new DovecotServer(authority, Password, "From: bob@example.org\nTo: alice@example.org\nSubject: Greetings from Dovecot\n\nHello, Alice.\n");
        using var smtp = new SmtpServer(authority.Certificate, "alice", Password);
        string disk = CreateDisk(
            ("settings", $"name = Alice\naddress = alice@example.org\nimap = imaps://{TestAuthority.Host}:{imap.Port}\nsmtp = smtps://{TestAuthority.Host}:{smtp.Port}\nuser = alice\npassword = {Password}\n"),
            ("extra-ca.pem", authority.RootPem),
            ("muttrc", "unset record\nset wait_key = no\n"));
        try
        {
            BootAlone(disk, machine =>
            {
                machine.Serial.WaitFor("appliance: network");
                Shell(machine);
                machine.Press("2");
                machine.Serial.WaitFor("appliance: mail");
                machine.Serial.Type("while ! grep -q Greetings /dev/vcs1; do sleep 1; done; fold -w 106 /dev/vcs1 | grep Greet\n");
                machine.Serial.WaitFor("bob@example.org.*Greetings from Dovecot");
                machine.TakeScreenshot().SavePng(Path.Combine(Screens, "mail.png"));
                machine.Press("q");
                machine.Serial.WaitFor(StartScreenShown);
                Assert.Contains("Login: user=<alice>", imap.Log, StringComparison.Ordinal);
                Assert.Contains("TLS", imap.Log, StringComparison.Ordinal);

                machine.Serial.Type("echo 'How are you?' | HOME=/root mutt -F /root/.muttrc -s 'An answer' bob@example.org; echo sent=$?\n");
                machine.Serial.WaitFor("sent=0");
            });
            Assert.True(smtp.Mails.TryTake(out string? mail, TimeSpan.FromSeconds(10)), "no mail came");
            Assert.Contains("Subject: An answer\n", mail, StringComparison.Ordinal);
            Assert.Contains("From: Alice <alice@example.org>\n", mail, StringComparison.Ordinal);
            Assert.Contains("How are you?\n", mail, StringComparison.Ordinal);
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

    private static void Shell(QemuMachine machine)
    {
        machine.Serial.Type("\n");
        machine.Serial.WaitFor("built-in shell");
    }

    // 20 x 10 pixels of red; the page stretches it.
    private static byte[] Image()
    {
        string path = Path.GetTempFileName();
        byte[] ppm = [.. "P6\n20 10\n255\n"u8, .. new byte[600]];
        for (int i = ppm.Length - 600; i < ppm.Length; i += 3)
        {
            (ppm[i], ppm[i + 1], ppm[i + 2]) = (Red >> 16, (Red >> 8) & 0xFF, Red & 0xFF);
        }

        Screenshot.ParsePpm(ppm).SavePng(path);
        byte[] png = File.ReadAllBytes(path);
        File.Delete(path);
        return png;
    }
}
