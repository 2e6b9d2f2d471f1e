using System;
using System.IO;
using System.Text;
using System.Threading;
using HyperCore.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>The shipped image on a PC with a network card: what a person does with the appliance, with servers of this host.</summary>
public class ApplianceInternetTests(ITestOutputHelper output) : ApplianceTest(output)
{
    private const string Password = "opensesame";
    private const int Red = 0xD01020;
    private const int Green = 0x10A040;

    private static MachineOptions Pc => new() { Processors = 2, Arguments = ["-netdev", "user,id=net", "-device", "e1000e,netdev=net,romfile="] };

    [Fact]
    public void Browser_PageOverHttps_IsShownWithTextImageAndScript()
    {
        using var authority = new TestAuthority();
        using var server = new HttpsServer(authority.Certificate, new()
        {
            ["/"] = ("text/html", Encoding.ASCII.GetBytes("""
                <!DOCTYPE html><html><head><title>Test</title></head><body style="background: #ffffff"><h1>HyperCore says hello</h1>
                <p>This page came over HTTPS, through HyperCore's switch.</p>
                <p><img src="/image.png" width="200" height="100" alt=""></p>
                <script>document.write('<p style="background: #10a040; width: 200px; height: 100px">by script</p>');</script></body></html>
                """)),
            ["/image.png"] = ("image/png", Image()),
        });
        Boot(Esp.AsBuilt(), Pc, machine =>
        {
            Connect(machine, authority, $"home-page = https://{TestAuthority.Host}:{server.Port}/");
            machine.Press("1");
            machine.Serial.WaitFor("appliance: browser");
            Screenshot page = WaitForPicture(machine, "the page", picture => Count(picture, Red) > 15_000 && Count(picture, Green) > 10_000);
            Note($"the page is there {machine.Uptime.TotalSeconds:0.0} s after power-on");
            page.SavePng(Path.Combine(Screens, "browser.png"));
            Assert.True(Count(page, 0) > 200, "there is no text");
            Assert.Contains("/image.png", server.Requests);
            machine.Press("ctrl", "q");
            machine.Serial.WaitFor(StartScreenShown);
        });
    }

    [Fact]
    public void Mail_IsFetchedFromDovecot_AndSentThroughExim()
    {
        using var authority = new TestAuthority();
        using var imap = new DovecotServer(authority, Password, "From: bob@example.org\nTo: alice@example.org\nSubject: Greetings from Dovecot\n\nHello, Alice.\n");
        using var smtp = new EximServer(authority, "alice", Password);
        Boot(Esp.AsBuilt(), Pc, machine =>
        {
            Connect(
                machine, authority, "name = Alice", "address = alice@example.org", $"imap = imaps://{TestAuthority.Host}:{imap.Port}",
                $"smtp = smtps://{TestAuthority.Host}:{smtp.Port}", "user = alice", $"password = {Password}");
            machine.Press("2");
            machine.Serial.WaitFor("appliance: mail");
            machine.Serial.Type("while ! grep -q Greetings /dev/vcs1; do sleep 1; done; fold -w 106 /dev/vcs1 | grep Greet\n");
            machine.Serial.WaitFor(@"^mail\| .*bob@example.org.*Greetings from Dovecot");
            machine.TakeScreenshot().SavePng(Path.Combine(Screens, "mail.png"));
            Assert.Contains("Login: user=<alice>", imap.Log, StringComparison.Ordinal);
            Assert.Contains("TLS", imap.Log, StringComparison.Ordinal);

            // As a person writes a mail: to whom, about what, the text in nano, and off it goes.
            machine.Type("m");
            WaitForText(machine, "To:");
            machine.Type("bob@example.org\n");
            WaitForText(machine, "Subject:");
            machine.Type("An answer\n");
            WaitForText(machine, "nano");
            machine.Type("How are you?");
            machine.TakeScreenshot().SavePng(Path.Combine(Screens, "mail-writing.png"));
            machine.Press("ctrl", "x");
            WaitForText(machine, "y:Send");
            machine.Type("y");
            WaitForText(machine, "Mail sent");
            machine.TakeScreenshot().SavePng(Path.Combine(Screens, "mail-sent.png"));
            string mail = Delivered(smtp);
            Assert.Contains("Subject: An answer\n", mail, StringComparison.Ordinal);
            Assert.Contains("From: Alice <alice@example.org>\n", mail, StringComparison.Ordinal);
            Assert.Contains("How are you?", mail, StringComparison.Ordinal);

            // "esmtpsa": with TLS, and authenticated (RFC 3848).
            Assert.Contains("with esmtpsa", mail, StringComparison.Ordinal);
            Note(smtp.Log);
            Assert.Contains("How are you?", Assert.Single(imap.MailsIn("Sent")), StringComparison.Ordinal);
            machine.Press("q");
            machine.Serial.WaitFor(StartScreenShown);
        });
    }

    /// <summary>Waits for the start screen and the network, and has the settings be these; the terminal is how a person adds a certificate.</summary>
    private void Connect(QemuMachine machine, TestAuthority authority, params string[] settings)
    {
        WaitUntilConnected(machine);
        machine.Serial.Type("\n");
        machine.Serial.WaitFor("built-in shell");
        machine.Press("3");
        machine.Serial.WaitFor("appliance: terminal");
        machine.Serial.Type($"cat > /root/kept/settings <<E\n{string.Join('\n', settings)}\nE\ncat > /root/kept/extra-ca.pem <<E\n{authority.RootPem}E\n");
        machine.Serial.Type("echo written-$((1+1))\n");
        machine.Serial.WaitFor("written-2");
        machine.Type("exit\n");
        machine.Serial.WaitFor(@"settings: mail saved pieces=\d+");
        machine.Serial.WaitFor(StartScreenShown);
    }

    // The text of the screen's terminal, as the kernel has it.
    private static void WaitForText(QemuMachine machine, string text)
    {
        machine.Serial.Type($"while ! grep -q '{text}' /dev/vcs1; do sleep 1; done; echo seen-$((1+1))\n");
        machine.Serial.WaitFor(@"^mail\| seen-2");
    }

    private static string Delivered(EximServer smtp)
    {
        TimeSpan end = QemuMachine.Limit;
        for (TimeSpan waited = default; waited < end; waited += TimeSpan.FromMilliseconds(200))
        {
            if (smtp.Mails() is [string mail])
            {
                return mail;
            }

            Thread.Sleep(200);
        }

        throw new TimeoutException($"Exim delivered nothing; its log:\n{smtp.Log}");
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
