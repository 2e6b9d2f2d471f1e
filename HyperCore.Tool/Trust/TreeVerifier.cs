using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Core.Trust;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Trust;

/// <summary>Says beforehand what HyperCore would say about the files of a partition, in its own words.</summary>
/// <param name="files">The partition, or the folder that becomes one.</param>
internal sealed class TreeVerifier(IPartitionFiles files)
{
    private IEnumerable<string> Images => new[] { PartitionPaths.Removable, PartitionPaths.Application }.Where(image => files.Length(image) != null);

    /// <summary>Everything that HyperCore would refuse; nothing when all is well.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read, or the configuration has errors.</exception>
    public IEnumerable<string> Problems()
    {
        foreach (string image in Images)
        {
            ManifestVerifier verifier = Verifier(files, image);
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

            if (!PeFile.Parse(Read(files, image), image).IsSigned)
            {
                yield return $"{image}: has no signature for Secure Boot";
            }

            foreach (string path in FilesInUse())
            {
                string? problem = files.Length(path) == null ? $"{path}: not there" : verifier.WhyRefused(path, Read(files, path));
                if (problem != null)
                {
                    yield return $"{image}: {problem}";
                }
            }
        }
    }

    /// <summary>An image carries a key, or a damaged one, so that it refuses what is not signed.</summary>
    /// <exception cref="InvalidDataException">An image cannot be read.</exception>
    public bool CarriesKey() => Images.Any(image => Verifier(files, image).State != TrustState.NotVerified);

    /// <summary>What an image makes of the manifest beside it.</summary>
    /// <param name="files">The partition.</param>
    /// <param name="image">The image's path on it.</param>
    /// <exception cref="InvalidDataException">The image or the manifest cannot be read.</exception>
    public static ManifestVerifier Verifier(IPartitionFiles files, string image)
    {
        var file = PeFile.Parse(Read(files, image), image);
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
            if (files.Length(path) == null)
            {
                return ManifestVerifier.Refusing($"{path}: not there");
            }
        }

        return ManifestVerifier.Create(key, Read(files, BootPath.Manifest), Read(files, BootPath.Signature));
    }

    private static byte[] Read(IPartitionFiles files, string path) => files.Read(path, Array.MaxLength);

    private List<string> FilesInUse() =>
        [BootPath.Configuration, .. files.Length(BootPath.Configuration) == null ? [] : BootFileOrder.Of(BootTree.ReadConfiguration(files))];
}
