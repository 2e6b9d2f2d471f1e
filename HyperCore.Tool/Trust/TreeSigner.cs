using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using HyperCore.Core.Trust;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Trust;

/// <summary>Signs a tree: the key goes into the images, the manifest is written and signed, the images are signed for Secure Boot.</summary>
internal sealed class TreeSigner(string treeFolder, KeyFolder keys)
{
    /// <summary>Signs; whatever was signed before is signed anew.</summary>
    /// <returns>Files in the manifest.</returns>
    /// <exception cref="InvalidDataException">A file is not what it should be, or sbsign refuses.</exception>
    public int Sign()
    {
        var tree = new BootTree(treeFolder);
        using RSA key = keys.ReadManifestKey();
        byte[] modulus = key.ExportParameters(false).Modulus!;
        if (RsaPublicKey.Create(modulus) == null)
        {
            throw new InvalidDataException($"{keys.ManifestKey}: an RSA key of 3072 or 4096 bits is needed, this one has {key.KeySize}");
        }

        if (!tree.Images.Any())
        {
            throw new InvalidDataException($"{treeFolder}: there is neither {PartitionPaths.Removable} nor {PartitionPaths.Application} to sign");
        }

        string[] covered = [.. tree.Covered];
        byte[] manifest = WriteManifest(tree, covered);
        if (Manifest.Parse(manifest, out int line) == null)
        {
            throw new InvalidDataException(line == 0 ? "there are too many files for a manifest of 64 KiB" : $"{covered[line - 2]}: a manifest cannot hold this path");
        }

        File.WriteAllBytes(tree.Place(BootPath.Manifest), manifest);
        File.WriteAllBytes(tree.Place(BootPath.Signature), key.SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        foreach (string path in tree.Images)
        {
            SignImage(tree.Find(path)!, modulus);
        }

        return covered.Length;
    }

    private static byte[] WriteManifest(BootTree tree, string[] covered)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(Manifest.Header));
        foreach (string path in covered)
        {
            using FileStream file = File.OpenRead(tree.Find(path)!);
            text.Append(Convert.ToHexStringLower(SHA256.HashData(file))).Append("  ").Append(file.Length).Append("  ").Append(path).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void SignImage(string file, byte[] modulus)
    {
        var image = PeFile.Read(file);
        image.RemoveSignature();
        TrustAnchor.Write(image.Anchor, modulus);

        // The old image stays until there is a whole new one.
        string unsigned = file + ".unsigned";
        string signed = file + ".signed";
        try
        {
            File.WriteAllBytes(unsigned, image.Bytes);
            RunSbsign("--key", keys.ImageKey, "--cert", keys.ImageCertificate, "--output", signed, unsigned);
            File.Move(signed, file, overwrite: true);
        }
        finally
        {
            File.Delete(unsigned);
            File.Delete(signed);
        }
    }

    private static void RunSbsign(params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("sbsign", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidDataException("sbsign is missing: it is in the Debian/Ubuntu package sbsigntool", exception);
        }

        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidDataException($"sbsign failed: {errors.Result.Trim()}");
            }
        }
    }
}
