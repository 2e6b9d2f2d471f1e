using System.Collections.Generic;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;

namespace HyperCore.Core.Trust;

/// <summary>In which order the files of a configuration are loaded, and measured: the TPM's registers depend on it.</summary>
public static class BootFileOrder
{
    /// <summary>
    /// Every file that a configuration names, once: VM by VM, each kernel, initrd, modules and disks. VMs that cannot start anyway need none.
    /// </summary>
    public static List<string> Of(HyperCoreConfig config)
    {
        var paths = new List<string>();
        for (int i = 0; i < config.VirtualMachineCount; i++)
        {
            VirtualMachineConfig vm = config[i];
            if (vm.CannotStart != null)
            {
                continue;
            }

            Add(paths, vm.Kernel);
            Add(paths, vm.Initrd);
            for (int module = 0; module < vm.ModuleCount; module++)
            {
                Add(paths, vm.GetModule(module).Path);
            }

            for (int disk = 0; disk < vm.DiskCount; disk++)
            {
                Add(paths, vm.GetDisk(disk));
            }
        }

        return paths;
    }

    private static void Add(List<string> paths, string? path)
    {
        if (path == null)
        {
            return;
        }

        for (int i = 0; i < paths.Count; i++)
        {
            if (FilePath.IsSame(paths[i], path))
            {
                return;
            }
        }

        paths.Add(path);
    }
}
