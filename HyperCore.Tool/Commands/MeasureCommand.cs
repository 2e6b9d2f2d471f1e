using System.Collections.Generic;
using System.CommandLine;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Trust;

namespace HyperCore.Tool.Commands;

/// <summary><c>measure</c>: what the TPM's registers hold once HyperCore has loaded a tree.</summary>
internal sealed class MeasureCommand : ToolCommand
{
    private readonly Option<string> _tree = new("--tree") { HelpName = "DIR", Required = true, Description = "The root of the partition, such as artifacts/esp." };
    private readonly Option<string> _bootPath = new("--boot-path")
    {
        HelpName = "PATH",
        Description = "The image that the firmware starts.",
        DefaultValueFactory = _ => PartitionPaths.Removable,
    };

    /// <summary>Creates the command.</summary>
    public MeasureCommand(ToolContext context)
        : base(context, "measure", "Says what the TPM's registers will hold, in the words of HyperCore's log.")
    {
        Add(_tree);
        Add(_bootPath);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
        [("hypercore measure --tree artifacts/esp", "To compare with the lines tpm: pcr=... of the log.")];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        foreach (string line in RegisterPrediction.Of(arguments.GetRequiredValue(_tree), arguments.GetRequiredValue(_bootPath)))
        {
            Context.Output.WriteLine(line);
        }

        return ExitCode.Good;
    }
}
