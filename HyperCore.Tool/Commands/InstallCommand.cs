using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Firmware;
using HyperCore.Tool.Verification;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>install</c>: HyperCore on an EFI system partition, with a boot entry.</summary>
internal sealed class InstallCommand : ToolCommand
{
    private readonly Option<string> _tree = new("--tree") { HelpName = "DIR", Description = @"The folder whose \EFI\HyperCore is copied.", DefaultValueFactory = _ => "artifacts/esp" };
    private readonly EspOptions _esp = new();
    private readonly Option<string> _label = new("--label") { HelpName = "NAME", Description = "What the firmware's boot menu shows.", DefaultValueFactory = _ => "HyperCore" };
    private readonly Option<bool> _first = new("--first") { Description = "HyperCore is started before all other systems. Default: it is the last, and chosen in the firmware's menu." };
    private readonly Option<bool> _replaceConfig = new("--replace-config") { Description = "A hypercore.conf that is there and differs is replaced. Default: it stays." };
    private readonly Option<bool> _noEntry = new("--no-entry") { Description = "Files only, no boot entry." };

    /// <summary>Creates the command.</summary>
    public InstallCommand(ToolContext context)
        : base(context, "install", "Copies HyperCore to an EFI system partition and makes a boot entry. It shows what it will do, and asks. What is there already is not done again: calling it twice does no harm, and after a new build it updates what changed.")
    {
        Options.Add(_tree);
        _esp.AddTo(this);
        Options.Add(_label);
        Options.Add(_first);
        Options.Add(_replaceConfig);
        Options.Add(_noEntry);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore install --dry-run", "Shows what would be done, and changes nothing."),
        ("sudo hypercore install", "Onto the EFI system partition that is mounted, as the last entry of the firmware's menu."),
        ("sudo hypercore install --esp /boot/efi --first --yes", "In a script: no question, and HyperCore is what the machine starts from now on."),
        ("hypercore install --esp /media/me/STICK --no-entry", "Onto a stick; another machine will start it."),
    ];

    /// <inheritdoc/>
    public override string ExitCodes => "Code 1 means that what shall be installed is no UEFI application.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        PartitionTree tree = ReadTree(arguments.GetRequiredValue(_tree));
        EspLocation location = _esp.Find(arguments, Context);
        bool isFirst = arguments.GetValue(_first);
        BootMenu? menu = arguments.GetValue(_noEntry) ? null : _esp.OpenMenu(arguments, Context, location, arguments.GetRequiredValue(_label));
        List<FileChange> files = PlanFiles(tree, location, arguments.GetValue(_replaceConfig));
        (IReadOnlyList<string> Lines, bool IsChange) entry = menu?.PlanInstall(isFirst) ?? ([], false);
        Show(location, files, entry.Lines);

        FileChange[] copies = files.Where(file => file.Kind is FileChangeKind.Add or FileChangeKind.Replace).ToArray();
        if (copies.Length == 0 && !entry.IsChange)
        {
            Context.Log.LogInformation("everything is installed already");
            return ExitCode.Good;
        }

        MakeSureThereIsRoom(location, copies);
        if (arguments.GetValue(_esp.DryRun))
        {
            Context.Log.LogInformation("nothing was changed");
            return ExitCode.Good;
        }

        if (!arguments.GetValue(_esp.Yes) && !Ask("Do this?"))
        {
            return ExitCode.Declined;
        }

        Context.Progress.Run("copying", progress => Copy(copies, progress));
        menu?.Install(isFirst);
        Context.Log.LogInformation("HyperCore is installed");
        return ExitCode.Good;
    }

    private static PartitionTree ReadTree(string folder)
    {
        string source = FolderWriter.Resolve(folder, PartitionPaths.Application);
        if (!File.Exists(source))
        {
            throw new FileNotFoundException($"{source} does not exist: build it with scripts/build.sh, or name the folder with --tree");
        }

        if (EfiApplication.FindProblem(File.ReadAllBytes(source)) is { } problem)
        {
            throw new InvalidDataException($"{source} {problem}");
        }

        var tree = new PartitionTree();
        tree.AddFolder(folder);
        return tree;
    }

    private static List<FileChange> PlanFiles(PartitionTree tree, EspLocation location, bool replaceConfig)
    {
        var changes = new List<FileChange>();
        foreach ((string path, PartitionNode node) in tree.Files)
        {
            string name = path.Replace('/', '\\');
            if (!name.StartsWith(PartitionPaths.Folder + "\\", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string target = FolderWriter.Resolve(location.Folder, path);
            bool isConfig = string.Equals(name, PartitionPaths.Config, StringComparison.OrdinalIgnoreCase);
            FileChangeKind kind = !File.Exists(target) ? FileChangeKind.Add
                : FolderWriter.IsSame(target, node.Source!) ? FileChangeKind.Same
                : isConfig && !replaceConfig ? FileChangeKind.Keep
                : FileChangeKind.Replace;
            changes.Add(new FileChange(kind, name, node.Source!, target, node.Length));
        }

        return changes;
    }

    private static void MakeSureThereIsRoom(EspLocation location, FileChange[] copies)
    {
        // A file is there twice while it is replaced.
        long needed = copies.Sum(file => file.Length - (file.Kind == FileChangeKind.Replace ? Math.Min(file.Length, new FileInfo(file.Target).Length) : 0))
            + copies.Where(file => file.Kind == FileChangeKind.Replace).Select(file => file.Length).DefaultIfEmpty().Max();
        long free = new DriveInfo(location.Folder).AvailableFreeSpace;
        if (needed > free)
        {
            throw new IOException($"{location.Folder} has {free / 1024} KiB left, but {needed / 1024} KiB are needed; nothing was changed");
        }
    }

    private static void Copy(FileChange[] copies, IProgress<double> progress)
    {
        long total = Math.Max(copies.Sum(file => file.Length), 1);
        long done = 0;
        foreach (FileChange file in copies)
        {
            FolderWriter.Copy(file.Source, file.Target);
            done += file.Length;
            progress.Report(done / (double)total);
        }
    }

    private void Show(EspLocation location, List<FileChange> files, IReadOnlyList<string> entry)
    {
        _esp.Show(Context, location);
        foreach (FileChange file in files.Where(file => file.Kind != FileChangeKind.Same))
        {
            Context.Output.WriteLine(file.Kind switch
            {
                FileChangeKind.Add => $"add        {file.Path} ({file.Length} bytes)",
                FileChangeKind.Replace => $"replace    {file.Path} ({file.Length} bytes)",
                _ => $"keep       {file.Path}: it differs from the new one; --replace-config replaces it",
            });
        }

        if (files.Count(file => file.Kind == FileChangeKind.Same) is > 0 and int same)
        {
            Context.Output.WriteLine($"unchanged  {same} files");
        }

        foreach (string line in entry)
        {
            Context.Output.WriteLine(line);
        }
    }
}
