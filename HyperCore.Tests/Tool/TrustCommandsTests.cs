using System;
using System.IO;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HyperCore.Tests.Harness;
using HyperCore.Tests.Trust;
using HyperCore.Tool;
using HyperCore.Tool.Trust;
using Xunit;

namespace HyperCore.Tests.Tool;

/// <summary><c>key new</c>, <c>image sign</c>, what <c>verify</c> says of signatures, and <c>measure</c>, on a tree with a small image. They need sbsign.</summary>
public sealed class TrustCommandsTests : ToolTestBase
{
    private const string BootImage = "EFI/BOOT/BOOTX64.EFI";
    private const string Kernel = "EFI/HyperCore/kernel";
    private const string Config = "[vm one]\nkernel = \\EFI\\HyperCore\\kernel\nmemory = 64M\n";

    [Fact]
    public void SignedTree_IsGood_AndEveryChangeIsNamed()
    {
        string tree = SignedTree();
        Assert.Equal(ExitCode.Good, Run("", "verify", "--esp", tree));
        Assert.Contains("every file is as it was signed", Output);

        File.WriteAllText(Path.Combine(tree, Kernel), "another kernel");
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", tree));
        foreach (string image in new[] { @"\EFI\BOOT\BOOTX64.EFI", @"\EFI\HyperCore\HyperCore.efi" })
        {
            Assert.Contains($@"{image}: \EFI\HyperCore\kernel: changed: its SHA-256 is not the one in the signed manifest", Output);
        }

        File.AppendAllText(Path.Combine(tree, "EFI/HyperCore/manifest"), "\n");
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--esp", tree));
        Assert.Contains(@"\EFI\HyperCore\manifest: changed", Output);
    }

    [Fact]
    public void SignedTree_OpenSslAndSbverify_AgreeWithUs()
    {
        string tree = SignedTree();
        HostCommand.Run("openssl", "dgst", "-sha256", "-verify", Keys + "/manifest.pub", "-signature", tree + "/EFI/HyperCore/manifest.sig", tree + "/EFI/HyperCore/manifest");
        HostCommand.Run("sbverify", "--cert", Keys + "/db.crt", Path.Combine(tree, BootImage));
        Assert.Throws<InvalidOperationException>(() => HostCommand.Run("sbverify", "--cert", Keys + "/KEK.crt", Path.Combine(tree, BootImage)));
    }

    [Fact]
    public void SignedTree_SignedAgain_HasOneSignature()
    {
        string tree = SignedTree();
        string image = Path.Combine(tree, BootImage);
        byte[] first = PeFile.Read(image).AuthenticodeHash();
        long length = new FileInfo(image).Length;

        Assert.Equal(ExitCode.Good, Run("", "image", "sign", "--tree", tree, "--keys", Keys));
        Assert.Equal(length, new FileInfo(image).Length);
        Assert.Equal(first, PeFile.Read(image).AuthenticodeHash());
        HostCommand.Run("sbverify", "--cert", Keys + "/db.crt", image);
    }

    [Fact]
    public void Sign_ConfigurationNamesWhatIsNotThere_SaysSo()
    {
        string tree = Tree();
        File.Delete(Path.Combine(tree, Kernel));
        Assert.Equal(ExitCode.Good, Run("", "key", "new", Keys));
        Assert.Equal(ExitCode.Bad, Run("", "image", "sign", "--tree", tree, "--keys", Keys));
        Assert.Contains(Messages, message => message.Contains(@"\EFI\HyperCore\kernel: not there"));
    }

    [Fact]
    public void Verify_TreeAsBuilt_SaysThatAnythingIsTaken()
    {
        Assert.Equal(ExitCode.Good, Run("", "verify", "--esp", Tree()));
        Assert.Contains("carries no key and takes any file", Output);
    }

    [Fact]
    public void Verify_Image_LooksAtSignaturesToo()
    {
        string image = Path.Combine(Folder, "stick.img");
        string tree = SignedTree();
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--output", image));
        Assert.Equal(ExitCode.Good, Run("", "verify", "--image", image));
        Assert.Contains("every file is as it was signed", Output);

        File.AppendAllText(Path.Combine(tree, Kernel), "x");
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--output", image));
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--image", image));
        Assert.Contains(@"\EFI\HyperCore\kernel: changed", Output);

        File.Delete(tree + "/EFI/HyperCore/manifest");
        Assert.Equal(ExitCode.Good, Run("", "image", "build", "--tree", tree, "--output", image));
        Assert.Equal(ExitCode.Bad, Run("", "verify", "--image", image));
        Assert.Contains(@"\EFI\HyperCore\manifest: not there", Output);
    }

    [Fact]
    public void Measure_SignedAndAsBuilt_AreTheChainsOfHashes()
    {
        string tree = Tree();
        byte[] config = SHA256.HashData(File.ReadAllBytes(Path.Combine(tree, "EFI/HyperCore/hypercore.conf")));
        byte[] kernel = SHA256.HashData(File.ReadAllBytes(Path.Combine(tree, Kernel)));
        Assert.Equal(ExitCode.Good, Run("", "measure", "--tree", tree));
        Assert.Contains($"pcr=8 sha256={Hex(Extend(new byte[32], config))}\n", Output);
        Assert.Contains($"pcr=9 sha256={Hex(Extend(new byte[32], kernel))}\n", Output);

        tree = SignedTree();
        byte[] manifest = SHA256.HashData(File.ReadAllBytes(Path.Combine(tree, "EFI/HyperCore/manifest")));
        Assert.Equal(ExitCode.Good, Run("", "measure", "--tree", tree, "--boot-path", @"\EFI\HyperCore\HyperCore.efi"));
        Assert.Contains($"pcr=8 sha256={Hex(Extend(Extend(new byte[32], manifest), config))}\n", Output);
        Assert.Contains($"pcr=9 sha256={Hex(Extend(new byte[32], kernel))}\n", Output);

        File.AppendAllText(Path.Combine(tree, Kernel), "x");
        Assert.Equal(ExitCode.Bad, Run("", "measure", "--tree", tree));
        Assert.Contains(Messages, message => message.Contains(@"\EFI\HyperCore\kernel: changed"));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void KeyNew_Files_AreWhatFirmwareTakes()
    {
        Assert.Equal(ExitCode.Good, Run("", "key", "new", Keys));
        foreach (string name in new[] { "PK", "KEK", "db" })
        {
            byte[] certificate = File.ReadAllBytes($"{Keys}/{name}.cer");
            byte[] list = File.ReadAllBytes($"{Keys}/{name}.esl");
            Assert.Equal("a159c0a5e494a74a87b5ab155c2bf072", Convert.ToHexStringLower(list.AsSpan(0, 16)));
            Assert.Equal(list.Length, BitConverter.ToInt32(list, 16));
            Assert.Equal(0, BitConverter.ToInt32(list, 20));
            Assert.Equal(list.Length - 28, BitConverter.ToInt32(list, 24));
            Assert.Equal(Guid.Parse(File.ReadAllText(Keys + "/owner.guid")), new Guid(list.AsSpan(28, 16)));
            Assert.Equal(certificate, list.AsSpan(44).ToArray());
            using X509Certificate2 parsed = X509CertificateLoader.LoadCertificate(certificate);
            Assert.Equal(2048, parsed.GetRSAPublicKey()!.KeySize);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{Keys}/{name}.key"));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Keys + "/manifest.key"));

        // Never over keys that are there.
        Assert.Equal(ExitCode.Failed, Run("", "key", "new", Keys));
        Assert.Contains(Messages, message => message.Contains("is not empty"));
    }

    [Fact]
    public void Sign_WhatIsNoTree_SaysWhatIsExpected()
    {
        Run("", "key", "new", Keys);
        Assert.Equal(ExitCode.Usage, Run("", "image", "sign", "--tree", Keys, "--keys", Keys));
        Assert.Contains(Messages, message => message.Contains("no folder EFI"));

        string tree = Tree();
        File.WriteAllText(Path.Combine(tree, BootImage), "no image");
        Assert.Equal(ExitCode.Bad, Run("", "image", "sign", "--tree", tree, "--keys", Keys));
        Assert.Contains(Messages, message => message.Contains("not a PE file") || message.Contains("no section .trust"));
    }

    private string Keys => Path.Combine(Folder, "keys");

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Extend(byte[] old, byte[] hash) => SHA256.HashData([.. old, .. hash]);

    private string Tree()
    {
        string tree = Path.Combine(Folder, "tree");
        Directory.CreateDirectory(tree + "/EFI/BOOT");
        Directory.CreateDirectory(tree + "/EFI/HyperCore");
        File.WriteAllBytes(Path.Combine(tree, BootImage), SampleImage.Build());
        File.WriteAllBytes(tree + "/EFI/HyperCore/HyperCore.efi", SampleImage.Build());
        File.WriteAllText(tree + "/EFI/HyperCore/hypercore.conf", Config);
        File.WriteAllText(Path.Combine(tree, Kernel), "a kernel");
        return tree;
    }

    private string SignedTree()
    {
        string tree = Tree();
        Assert.Equal(ExitCode.Good, Run("", "key", "new", Keys));
        Assert.Equal(ExitCode.Good, Run("", "image", "sign", "--tree", tree, "--keys", Keys));
        return tree;
    }
}
