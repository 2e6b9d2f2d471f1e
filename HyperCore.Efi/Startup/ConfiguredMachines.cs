using System.Collections.Generic;
using System.Runtime;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Core.Trust;
using HyperCore.Core.Virtio;

namespace HyperCore.Efi.Startup;

/// <summary>hypercore.conf and the files that it names, read while the firmware's file system is still there.</summary>
public sealed unsafe class ConfiguredMachines
{
    private readonly BootFiles[] _files;

    private ConfiguredMachines(HyperCoreConfig config, ConfigurationReport report, BootFiles[] files)
    {
        Config = config;
        Report = report;
        _files = files;
    }

    /// <summary>The configuration.</summary>
    public HyperCoreConfig Config { get; }

    /// <summary>What became of the configuration.</summary>
    public ConfigurationReport Report { get; }

    /// <summary>Number of VMs that can be offered: none when the configuration has errors.</summary>
    public int Count => _files.Length;

    /// <summary>What a VM boots from.</summary>
    public BootFiles FilesOf(int vm) => _files[vm];

    /// <summary>Reads the configuration and every file it names. What is missing is noted with the VM that needs it.</summary>
    public static ConfiguredMachines Load(StartupInformation information)
    {
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        LoadedFile file = information.Config;
        ConfigurationState state = ConfigurationState.Good;
        if (file.Error != null)
        {
            state = file.IsMissing ? ConfigurationState.Missing : file.IsRefused ? ConfigurationState.Refused : ConfigurationState.Bad;
        }
        else if (!ConfigParser.Parse(file.Bytes, config, diagnostics))
        {
            state = ConfigurationState.Bad;
        }

        // In this order and no other: what the TPM's register holds in the end depends on it. What loads them afterwards gets these.
        List<string> paths = BootFileOrder.Of(config);
        for (int i = 0; state == ConfigurationState.Good && i < paths.Count; i++)
        {
            information.Files.Load(paths[i]);
        }

        var files = new BootFiles[state == ConfigurationState.Good ? config.VirtualMachineCount : 0];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = LoadFiles(information.Files, config[i]);
        }

        if (state == ConfigurationState.Good && !HeapNeeds.Check(config, files, Arena.Capacity - Arena.Used, diagnostics))
        {
            state = ConfigurationState.Bad;
            files = [];
        }

        var report = new ConfigurationReport(file.Path, state, diagnostics, file.Error) { Place = information.Files.ConfigurationPlace };
        return new ConfiguredMachines(config, report, files);
    }

    private static BootFiles LoadFiles(FileLoader loader, VirtualMachineConfig vm)
    {
        var files = new BootFiles(vm);
        if (vm.CannotStart != null)
        {
            return files;
        }

        files.Kernel = LoadFile(loader, vm.Kernel, files);
        files.Initrd = LoadFile(loader, vm.Initrd, files);
        for (int i = 0; i < vm.ModuleCount; i++)
        {
            ModuleConfig module = vm.GetModule(i);
            LoadedFile file = loader.Load(module.Path);
            files.Error ??= file.Error;
            files.SetModule(i, new BootModule(file.Address, (int)file.Length, module.Text));
        }

        for (int i = 0; i < vm.DiskCount; i++)
        {
            string path = vm.GetDisk(i);
            FileContent disk = LoadFile(loader, path, files);
            if (files.Error == null && RamDisk.WhyNotADisk(disk.Bytes.Length) is { } why)
            {
                files.Error = string.Concat("disk = ", path, ": ", why);
            }

            files.SetDisk(i, disk);
        }

        return files;
    }

    private static FileContent LoadFile(FileLoader loader, string? path, BootFiles files)
    {
        if (path == null)
        {
            return default;
        }

        LoadedFile file = loader.Load(path);
        files.Error ??= file.Error;
        return file.Error == null ? new FileContent(file.Address, (int)file.Length) : default;
    }
}
