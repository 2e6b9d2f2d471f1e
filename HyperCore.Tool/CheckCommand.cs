using System;
using System.IO;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool;

/// <summary><c>check</c>: what HyperCore would say about a configuration.</summary>
internal sealed class CheckCommand(TextWriter output, ILogger log)
{
    private const int MaxLine = 1024;

    /// <summary>Checks a file.</summary>
    public ExitCode Run(string path)
    {
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
            output.WriteLine(text.Text.ToString());
        }
    }
}
