using System;
using System.Collections.Generic;
using System.IO;
using HyperCore.Core.Trust;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Trust;

/// <summary>What the TPM's registers hold once HyperCore has loaded a tree.</summary>
internal static class RegisterPrediction
{
    /// <summary>Predicts the registers, a line each, in the words of HyperCore's log.</summary>
    /// <param name="folder">The root of the partition, such as artifacts/esp.</param>
    /// <param name="bootPath">The image that the firmware starts, a path on the partition.</param>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="InvalidDataException">HyperCore would refuse a file: the registers would not hold what is expected of them.</exception>
    public static List<string> Of(string folder, string bootPath = PartitionPaths.Removable)
    {
        var tree = new BootTree(folder);
        if (tree.Find(bootPath) == null)
        {
            throw new FileNotFoundException($"{folder}: there is no {bootPath}");
        }

        ManifestVerifier verifier = TreeVerifier.Verifier(tree, bootPath);
        if (verifier.Problem != null)
        {
            throw new InvalidDataException(verifier.Problem);
        }

        var configuration = new PcrPrediction();
        var files = new PcrPrediction();
        if (verifier.State == TrustState.Verified)
        {
            configuration.Measure(tree.Read(BootPath.Manifest));
        }

        configuration.Measure(ReadTaken(tree, verifier, BootPath.Configuration));
        foreach (string path in BootFileOrder.Of(BootTree.ReadConfiguration(tree)))
        {
            files.Measure(ReadTaken(tree, verifier, path));
        }

        byte[] image = PeFile.Read(tree.Find(bootPath)!).AuthenticodeHash();
        return
        [
            $"pcr=4 event={bootPath} sha256={Convert.ToHexStringLower(image)}",
            $"pcr={PcrPrediction.ConfigurationPcr} sha256={HexText.Format(configuration.Value)}",
            $"pcr={PcrPrediction.FilePcr} sha256={HexText.Format(files.Value)}",
        ];
    }

    private static byte[] ReadTaken(BootTree tree, ManifestVerifier verifier, string path)
    {
        byte[] content = tree.Read(path);
        return verifier.WhyRefused(path, content) is { } reason ? throw new InvalidDataException(reason) : content;
    }
}
