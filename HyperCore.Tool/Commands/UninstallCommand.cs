using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Firmware;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>uninstall</c>: takes away what <c>install</c> made.</summary>
internal sealed class UninstallCommand : ToolCommand
{
    private readonly EspOptions _esp = new();
    private readonly Option<bool> _keepFiles = new("--keep-files") { Description = "Only the boot entry goes, the files stay." };
    private readonly Option<bool> _noEntry = new("--no-entry") { Description = "Only the files go, boot entries stay." };

    /// <summary>Creates the command.</summary>
    public UninstallCommand(ToolContext context)
        : base(context, "uninstall", @"Removes HyperCore's boot entry and the folder \EFI\HyperCore, with the configuration and all that is in it. It shows what it will do, and asks.")
    {
        _esp.AddTo(this);
        Options.Add(_keepFiles);
        Options.Add(_noEntry);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore uninstall --dry-run", "Shows what would be removed."),
        ("sudo hypercore uninstall", "Removes entry and files, after a question."),
        ("sudo hypercore uninstall --keep-files --yes", "The firmware forgets HyperCore; the files and the configuration stay."),
    ];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        EspLocation location = _esp.Find(arguments, Context);
        BootMenu? menu = arguments.GetValue(_noEntry) ? null : _esp.OpenMenu(arguments, Context, location);
        IReadOnlyList<string> entry = menu?.PlanRemoval() ?? [];
        string folder = FolderWriter.Resolve(location.Folder, PartitionPaths.Folder);
        bool removesFiles = !arguments.GetValue(_keepFiles) && Directory.Exists(folder);
        Show(location, entry, removesFiles ? folder : null);
        if (!removesFiles && entry.Count == 0)
        {
            Context.Log.LogInformation("HyperCore is not installed there");
            return ExitCode.Good;
        }

        if (arguments.GetValue(_esp.DryRun))
        {
            Context.Log.LogInformation("nothing was changed");
            return ExitCode.Good;
        }

        if (!arguments.GetValue(_esp.Yes) && !Ask("Remove this?"))
        {
            return ExitCode.Declined;
        }

        // The entry first: the firmware must not be sent to files that are gone.
        if (entry.Count > 0)
        {
            menu!.Remove();
        }

        if (removesFiles)
        {
            Directory.Delete(folder, recursive: true);
        }

        Context.Log.LogInformation("HyperCore is uninstalled");
        return ExitCode.Good;
    }

    private void Show(EspLocation location, IReadOnlyList<string> entry, string? folder)
    {
        _esp.Show(Context, location);
        foreach (string line in entry)
        {
            Context.Output.WriteLine(line);
        }

        if (folder != null)
        {
            Context.Output.WriteLine($@"remove     {PartitionPaths.Folder} ({Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length} files)");
        }
    }
}
