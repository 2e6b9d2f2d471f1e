using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using HyperCore.Tests.Harness;
using HyperCore.Tool.Trust;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Secure Boot takes a signed HyperCore, and HyperCore takes signed files: what was changed is refused by its name.</summary>
public class TrustTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string TestGuest = @"\EFI\HyperCore\testguest\testguest.elf";

    private static readonly string s_testGuestVm = $"""
        [vm guest]
        boot   = multiboot
        kernel = {TestGuest}
        memory = 32M
        """;

    [Fact]
    public void SecureBoot_SignedTree_BootsAndRunsLinux()
    {
        using var tree = new SignedTree(Configurations.With("none", Configurations.Linux("demo")), Configurations.BzImage, Configurations.Initrd);
        Boot(tree.ToEsp(), tree.SecureMachine(), machine =>
        {
            machine.Serial.WaitFor("trust: verified: files=3 secure-boot=on");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("\r");
            machine.Serial.WaitFor("vm: demo running");
            machine.Serial.WaitFor(@"^demo\| .*shell ready on /dev/ttyS0");
        });
    }

    [Fact]
    public void SecureBoot_UnsignedImage_FirmwareRefuses()
    {
        using var tree = new SignedTree(Configurations.With("none", s_testGuestVm), TestGuest);
        Refused(tree, Repository.Built("HyperCore.efi"));
    }

    // The key cannot be replaced either: the firmware's check covers it.
    [Fact]
    public void SecureBoot_ImageWithAnotherKey_FirmwareRefuses()
    {
        using var tree = new SignedTree(Configurations.With("none", s_testGuestVm), TestGuest);
        string image = Path.Combine(tree.Folder, "image");
        byte[] bytes = File.ReadAllBytes(tree.Folder + SignedTree.BootImagePath);
        int at = bytes.AsSpan().IndexOf("HCTRUST1"u8);
        bytes[at + 100] ^= 1;
        File.WriteAllBytes(image, bytes);
        Refused(tree, image);
    }

    [Fact]
    public void SignedTree_ChangedKernelAndInitrd_AreRefusedByName()
    {
        string config = Configurations.With(
            "none", Configurations.Linux("kernel", initrd: TestGuest), Configurations.Linux("initrd", kernel: TestGuest), s_testGuestVm, Configurations.Linux("added", kernel: @"\EFI\HyperCore\added"));
        using var tree = new SignedTree(config, Configurations.BzImage, Configurations.Initrd, TestGuest);
        Esp esp = tree.ToEsp()
            .Copy(Configurations.BzImage.Replace('\\', '/'), tree.Changed(Configurations.BzImage))
            .Copy(Configurations.Initrd.Replace('\\', '/'), tree.Changed(Configurations.Initrd))
            .Copy("/EFI/HyperCore/added", tree.Changed(TestGuest));
        Boot(esp, tree.SecureMachine(), machine =>
        {
            machine.Serial.WaitFor("trust: verified: files=4 secure-boot=on");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("1\r");
            machine.Serial.WaitFor(@"vm: kernel failed reason=""\\EFI\\HyperCore\\demo\\vmlinuz: changed: its SHA-256 is not the one in the signed manifest""");
            machine.Serial.Type("2\r");
            machine.Serial.WaitFor(@"vm: initrd failed reason=""\\EFI\\HyperCore\\demo\\initrd\.img: changed: its SHA-256 is not the one in the signed manifest""");
            machine.Serial.Type("4\r");
            machine.Serial.WaitFor(@"vm: added failed reason=""\\EFI\\HyperCore\\added: refused: it is not in the signed manifest""");

            // What was not changed starts.
            machine.Serial.Type("3\r");
            machine.Serial.WaitFor("vm: guest running");
        });
    }

    [Fact]
    public void SignedTree_ChangedConfiguration_NothingStarts()
    {
        using var tree = new SignedTree(Configurations.With("0", s_testGuestVm), TestGuest);
        Boot(tree.ToEsp().Write("/EFI/HyperCore/hypercore.conf", Configurations.With("0", s_testGuestVm.Replace("32M", "33M"))), tree.SecureMachine(), machine =>
        {
            machine.Serial.WaitFor(@"error config: \\EFI\\HyperCore\\hypercore\.conf: changed: its SHA-256 is not the one in the signed manifest");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.WaitForScreen(@"hypercore\.conf: changed");
            machine.Serial.Type("\r");
            machine.Serial.WaitForScreen("not the one that was signed");
            Assert.DoesNotContain("vm: guest", machine.Serial.Text);
        });
    }

    [Fact]
    public void SignedTree_ChangedManifest_NothingStarts()
    {
        using var tree = new SignedTree(Configurations.With("0", s_testGuestVm), TestGuest);
        Boot(tree.ToEsp().Copy(SignedTree.ManifestPath, tree.Changed(SignedTree.ManifestPath)), tree.SecureMachine(), machine =>
        {
            machine.Serial.WaitFor(@"error trust: refused: \\EFI\\HyperCore\\manifest: changed: \\EFI\\HyperCore\\manifest\.sig is not its signature");
            machine.Serial.WaitFor(@"error config: \\EFI\\HyperCore\\hypercore\.conf: refused, as no file can be trusted: \\EFI\\HyperCore\\manifest: changed");
            machine.Serial.WaitFor(MenuShown);
            machine.Serial.Type("\r");
            machine.Serial.WaitForScreen("not the one that was signed");
            Assert.DoesNotContain("vm: guest", machine.Serial.Text);
        });
    }

    [Fact]
    public void ImageAsBuilt_Log_SaysThatNothingIsVerified() => Boot(Esp.AsBuilt(), machine =>
    {
        machine.Serial.WaitFor("info  trust: not verified: this image carries no key");
        machine.Serial.WaitFor(MenuShown);
        Assert.DoesNotContain("tpm:", machine.Serial.Text);
    });

    [Fact]
    public void Tpm_Registers_AreAsPredicted()
    {
        string config = Configurations.With("none", Configurations.Linux("demo"), s_testGuestVm);
        using var tree = new SignedTree(config, Configurations.BzImage, Configurations.Initrd, TestGuest);
        using var tpm = new SoftwareTpm();
        Boot(tree.ToEsp(), tree.SecureMachine(tpm.Arguments), machine =>
        {
            string[] predicted = Measure(tree.Folder);
            Assert.Equal(2, predicted.Length);
            foreach (string register in predicted)
            {
                Note(register);
                machine.Serial.WaitFor("info  tpm: " + register);
            }

            machine.Serial.WaitFor(MenuShown);
        });
    }

    private static string[] Measure(string tree) =>
        [.. RegisterPrediction.Of(tree).Where(line => line.StartsWith("pcr=8", StringComparison.Ordinal) || line.StartsWith("pcr=9", StringComparison.Ordinal))];

    // HyperCore does not get to say a word, so this waits for the firmware's.
    private void Refused(SignedTree tree, string image, [CallerMemberName] string test = "")
    {
        Boot(
            tree.ToEsp().Copy(SignedTree.BootImagePath, image),
            tree.SecureMachine(),
            "its boot manager",
            "Access Denied",
            machine =>
            {
                Note(machine.Serial.Text);
                Assert.DoesNotContain("hypercore:", machine.Serial.Text);
            },
            test);
    }
}
