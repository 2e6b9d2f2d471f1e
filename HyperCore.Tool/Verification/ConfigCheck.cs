using System.Collections.Generic;
using System.IO;
using HyperCore.Core.Config;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Verification;

/// <summary>The configuration is good, and every file that it names is there.</summary>
internal sealed class ConfigCheck : IPartitionCheck
{
    private const int MaxConfig = 1 << 20;
    private const int SectorSize = 512;

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(IPartitionFiles files)
    {
        var findings = new List<Finding>();
        if (TryRead(files, findings) is not { } config)
        {
            return findings;
        }

        var seen = new HashSet<string>();
        for (int i = 0; i < config.VirtualMachineCount; i++)
        {
            VirtualMachineConfig vm = config[i];
            if (vm.CannotStart is { } why)
            {
                findings.Add(new Finding(FindingKind.Warning, $"vm {vm.Name}", $"cannot start: {why}"));
            }

            foreach ((string what, string path) in FilesOf(vm))
            {
                if (seen.Add($"{what} {path}"))
                {
                    findings.Add(CheckFile(files, vm.Name, what, path));
                }
            }
        }

        return findings;
    }

    private static HyperCoreConfig? TryRead(IPartitionFiles files, List<Finding> findings)
    {
        byte[] bytes;
        try
        {
            bytes = files.Read(PartitionPaths.Config, MaxConfig);
        }
        catch (InvalidDataException e)
        {
            findings.Add(new Finding(FindingKind.Error, PartitionPaths.Config, e.Message.Replace(PartitionPaths.Config + " ", "", System.StringComparison.Ordinal)));
            return null;
        }

        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics("hypercore.conf");
        if (ConfigParser.Parse(bytes, config, diagnostics))
        {
            findings.Add(new Finding(FindingKind.Good, PartitionPaths.Config, $"{config.VirtualMachineCount} virtual machines"));
        }

        foreach (ConfigDiagnostic diagnostic in diagnostics.Errors)
        {
            findings.Add(new Finding(FindingKind.Error, PartitionPaths.Config, $"{diagnostic.Line}:{diagnostic.Column}: {diagnostic.Message}"));
        }

        foreach (ConfigDiagnostic diagnostic in diagnostics.Warnings)
        {
            findings.Add(new Finding(FindingKind.Warning, PartitionPaths.Config, $"{diagnostic.Line}:{diagnostic.Column}: {diagnostic.Message}"));
        }

        return config;
    }

    private static IEnumerable<(string What, string Path)> FilesOf(VirtualMachineConfig vm)
    {
        if (vm.Kernel != null)
        {
            yield return ("kernel", vm.Kernel);
        }

        if (vm.Initrd != null)
        {
            yield return ("initrd", vm.Initrd);
        }

        for (int i = 0; i < vm.ModuleCount; i++)
        {
            yield return ("module", vm.GetModule(i).Path);
        }

        for (int i = 0; i < vm.DiskCount; i++)
        {
            yield return ("disk", vm.GetDisk(i));
        }
    }

    private static Finding CheckFile(IPartitionFiles files, string vm, string what, string path)
    {
        try
        {
            return files.Length(path) switch
            {
                null => new Finding(FindingKind.Error, path, $"is missing: {what} of vm {vm}"),
                0 => new Finding(FindingKind.Error, path, $"is empty: {what} of vm {vm}"),
                { } length when what == "disk" && length % SectorSize != 0 => new Finding(FindingKind.Error, path, $"has {length} bytes, no whole sectors of {SectorSize}: disk of vm {vm}"),
                { } length => new Finding(FindingKind.Good, path, $"{what} of vm {vm}, {length} bytes"),
            };
        }
        catch (InvalidDataException e)
        {
            return new Finding(FindingKind.Error, path, $"{e.Message}: {what} of vm {vm}");
        }
    }
}
