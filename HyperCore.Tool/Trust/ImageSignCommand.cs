using System.IO;

namespace HyperCore.Tool.Trust;

/// <summary><c>image sign</c>: makes a tree that HyperCore and Secure Boot trust.</summary>
internal sealed class ImageSignCommand(TextWriter output)
{
    /// <summary>Signs a tree in place, and says what HyperCore would refuse nevertheless: files that the configuration names and that are not there.</summary>
    /// <param name="tree">The root of the partition, such as artifacts/esp.</param>
    /// <param name="keys">What <c>key new</c> made.</param>
    public ExitCode Run(string tree, string keys)
    {
        int files = new TreeSigner(tree, new KeyFolder(keys)).Sign();
        output.WriteLine($"{tree}: signed, {files} files in the manifest");
        return new ImageVerifyCommand(output).Run(tree);
    }
}
