using System.Collections.Generic;
using System.CommandLine;
using HyperCore.Tool.Trust;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>image sign</c>: makes a tree that HyperCore and Secure Boot trust.</summary>
internal sealed class ImageSignCommand : ToolCommand
{
    private readonly Option<string> _tree = new("--tree") { HelpName = "DIR", Required = true, Description = "The root of the partition, such as artifacts/esp; it is signed in place." };
    private readonly Option<string> _keys = new("--keys") { HelpName = "DIR", Required = true, Description = "What key new has made." };

    /// <summary>Creates the command.</summary>
    public ImageSignCommand(ToolContext context)
        : base(context, "sign", "Puts the key into the UEFI applications of a tree, writes and signs the manifest of its files, and signs the applications for Secure Boot.")
    {
        Add(_tree);
        Add(_keys);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
        [("hypercore image sign --tree artifacts/esp --keys ~/hypercore-keys", "Again after each change of a file; then image build.")];

    /// <inheritdoc/>
    public override string ExitCodes => "Code 1 means that HyperCore would still refuse a file, such as one that the configuration names and that is not there.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        string tree = arguments.GetRequiredValue(_tree);
        int files = new TreeSigner(tree, new KeyFolder(arguments.GetRequiredValue(_keys))).Sign();
        Context.Output.WriteLine($"{tree}: signed, {files} files in the manifest");
        string[] problems = [.. new TreeVerifier(new BootTree(tree)).Problems()];
        foreach (string problem in problems)
        {
            Context.Log.LogError("{Problem}", problem);
        }

        return problems.Length == 0 ? ExitCode.Good : ExitCode.Bad;
    }
}
