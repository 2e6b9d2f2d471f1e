using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>config check</c>: what HyperCore would say about a configuration.</summary>
internal sealed class ConfigCheckCommand : ToolCommand
{
    private const int MaxLine = 1024;

    private readonly Argument<string> _file = new("FILE") { Description = "A hypercore.conf." };

    /// <summary>Creates the command.</summary>
    /// <param name="context">What it has to do with.</param>
    /// <param name="name">Its name.</param>
    public ConfigCheckCommand(ToolContext context, string name)
        : base(context, name, "Reads a hypercore.conf and says what is wrong with it, in the words of the menu: FILE:LINE:COLUMN: what is wrong; what was expected.") => Add(_file);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore config check esp-image/hypercore.conf", "Before the file is copied to a stick."),
        ("hypercore config check /boot/efi/EFI/HyperCore/hypercore.conf", "Of a HyperCore that is installed."),
    ];

    /// <inheritdoc/>
    public override string ExitCodes => "Warnings, and VMs that this version cannot start, are shown but are no errors.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(_file);
        TextWriter output = Context.Output;
        ILogger log = Context.Log;
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics(path);
        bool good = ConfigParser.Parse(File.ReadAllBytes(path), config, diagnostics);
        Write(diagnostics, diagnostics.Errors, "");
        Write(diagnostics, diagnostics.Warnings, "warning: ");
        if (diagnostics.ErrorCount > ConfigDiagnostics.MaxKept)
        {
            log.LogWarning("{Count} errors in all; only the first {Shown} are shown", diagnostics.ErrorCount, ConfigDiagnostics.MaxKept);
        }

        for (int i = 0; i < config.VirtualMachineCount; i++)
        {
            VirtualMachineConfig vm = config[i];
            if (good && vm.CannotStart is { } why)
            {
                output.WriteLine($"{path}: vm {vm.Name} cannot start: {why}");
            }

            if (vm.Note is { } note)
            {
                output.WriteLine($"{path}: vm {vm.Name}: {note}");
            }
        }

        log.LogInformation("{File}: {Machines} virtual machines, {Errors} errors, {Warnings} warnings", path, config.VirtualMachineCount, diagnostics.ErrorCount, diagnostics.WarningCount);
        return good ? ExitCode.Good : ExitCode.Bad;
    }

    private void Write(ConfigDiagnostics diagnostics, ReadOnlySpan<ConfigDiagnostic> list, string kind)
    {
        Span<char> buffer = stackalloc char[MaxLine];
        foreach (ConfigDiagnostic diagnostic in list)
        {
            var text = new TextBuilder(buffer);
            diagnostics.Write(new ConfigDiagnostic(diagnostic.Line, diagnostic.Column, kind + diagnostic.Message), ref text);
            Context.Output.WriteLine(text.Text.ToString());
        }
    }
}
