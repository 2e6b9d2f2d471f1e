using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using HyperCore.Tool.Trust;

namespace HyperCore.Tool.Commands;

/// <summary><c>key new</c>: makes the keys that <c>image sign</c> needs.</summary>
internal sealed class KeyNewCommand : ToolCommand
{
    private readonly Argument<string> _folder = new("DIR") { Description = "Where they go; it must be empty or not there yet." };

    /// <summary>Creates the command.</summary>
    public KeyNewCommand(ToolContext context)
        : base(context, "new", "Makes a key for the manifest of files, and keys for Secure Boot, in a new folder.")
    {
        Add(_folder);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples => [("hypercore key new ~/hypercore-keys", "Once. Keep the folder off the machine that boots.")];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        string folder = arguments.GetRequiredValue(_folder);
        var keys = new KeyFolder(folder);
        keys.Create();
        Context.Output.WriteLine($"{keys.ManifestKey}, {keys.ManifestPublicKey}: sign and check the manifest");
        Context.Output.WriteLine($"{keys.ImageKey}, {keys.ImageCertificate}: sign HyperCore.efi; enrol db.cer or db.esl in the firmware");
        Context.Output.WriteLine($"{Path.Combine(folder, "PK.*")}, {Path.Combine(folder, "KEK.*")}: only to replace all of the firmware's keys");
        Context.Output.WriteLine("Keep the .key files secret and off the machine that boots; docs/trust.md says how to enrol.");
        return ExitCode.Good;
    }
}
