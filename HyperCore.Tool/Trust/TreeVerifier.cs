using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Core.Trust;

namespace HyperCore.Tool.Trust;

/// <summary>Says beforehand what HyperCore would say about the files of a tree, in its own words.</summary>
internal sealed class TreeVerifier(string treeFolder)
{
    /// <summary>Everything that HyperCore would refuse; nothing when all is well.</summary>
    /// <exception cref="InvalidDataException">An image cannot be read, or the configuration has errors.</exception>
    public IEnumerable<string> Problems()
    {
        var tree = new BootTree(treeFolder);
        foreach (string image in tree.Images)
        {
            ManifestVerifier verifier = Verifier(tree, image);
            if (verifier.State == TrustState.NotVerified)
            {
                yield return $"{image}: carries no key: it takes any file";
                continue;
            }

            if (verifier.State == TrustState.Refused)
            {
                yield return $"{image}: {verifier.Problem}";
                continue;
            }

            if (!PeFile.Read(tree.Find(image)!).IsSigned)
            {
                yield return $"{image}: has no signature for Secure Boot";
            }

            foreach (string path in FilesInUse(tree))
            {
                string? problem = tree.Find(path) == null ? $"{path}: not there" : verifier.WhyRefused(path, tree.Read(path));
                if (problem != null)
                {
                    yield return $"{image}: {problem}";
                }
            }
        }
    }

    /// <summary>An image of the tree carries a key, or a damaged one, so that it refuses what is not signed.</summary>
    /// <exception cref="InvalidDataException">An image cannot be read.</exception>
    public bool CarriesKey()
    {
        var tree = new BootTree(treeFolder);
        return tree.Images.Any(image => Verifier(tree, image).State != TrustState.NotVerified);
    }

    /// <summary>What an image makes of the manifest beside it.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="image">The image's path on the partition.</param>
    public static ManifestVerifier Verifier(BootTree tree, string image)
    {
        var file = PeFile.Read(tree.Find(image) ?? throw new FileNotFoundException($"{tree.Folder}: there is no {image}"));
        if (!file.TryReadKey(out RsaPublicKey? key))
        {
            return ManifestVerifier.Refusing(ManifestVerifier.DamagedAnchor);
        }

        if (key == null)
        {
            return ManifestVerifier.WithoutKey();
        }

        foreach (string path in new[] { BootPath.Manifest, BootPath.Signature })
        {
            if (tree.Find(path) == null)
            {
                return ManifestVerifier.Refusing($"{path}: not there");
            }
        }

        return ManifestVerifier.Create(key, tree.Read(BootPath.Manifest), tree.Read(BootPath.Signature));
    }

    private static List<string> FilesInUse(BootTree tree) =>
        [BootPath.Configuration, .. tree.Find(BootPath.Configuration) == null ? [] : BootFileOrder.Of(tree.ReadConfiguration())];
}
