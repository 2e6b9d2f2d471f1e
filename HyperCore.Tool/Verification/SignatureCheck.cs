using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Trust;

namespace HyperCore.Tool.Verification;

/// <summary>An image that carries a key takes every file that the configuration names, and Secure Boot may take the image.</summary>
internal sealed class SignatureCheck : IPartitionCheck
{
    private const string Subject = "signatures";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(IPartitionFiles files)
    {
        try
        {
            // An image without a key takes any file, which is how it comes out of the build.
            var verifier = new TreeVerifier(files);
            return verifier.CarriesKey()
                ? [.. verifier.Problems().Select(problem => new Finding(FindingKind.Error, Subject, problem)).DefaultIfEmpty(new Finding(FindingKind.Good, Subject, "every file is as it was signed"))]
                : [new Finding(FindingKind.Good, Subject, "none: the application carries no key and takes any file")];
        }
        catch (InvalidDataException e)
        {
            return [new Finding(FindingKind.Error, Subject, e.Message)];
        }
    }
}
