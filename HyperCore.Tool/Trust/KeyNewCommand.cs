using System.IO;

namespace HyperCore.Tool.Trust;

/// <summary><c>key new</c>: makes the keys that <c>image sign</c> needs.</summary>
internal sealed class KeyNewCommand(TextWriter output)
{
    /// <summary>Makes keys.</summary>
    /// <param name="folder">Where they go; it must be empty or not there yet.</param>
    public ExitCode Run(string folder)
    {
        var keys = new KeyFolder(folder);
        keys.Create();
        output.WriteLine($"{keys.ManifestKey}, {keys.ManifestPublicKey}: sign and check the manifest");
        output.WriteLine($"{keys.ImageKey}, {keys.ImageCertificate}: sign HyperCore.efi; enrol db.cer or db.esl in the firmware");
        output.WriteLine($"{Path.Combine(folder, "PK.*")}, {Path.Combine(folder, "KEK.*")}: only to replace all of the firmware's keys");
        output.WriteLine("Keep the .key files secret and off the machine that boots; docs/trust.md says how to enrol.");
        return ExitCode.Good;
    }
}
