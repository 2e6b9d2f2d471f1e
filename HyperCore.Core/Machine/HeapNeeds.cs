using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Machine;

/// <summary>
/// How much of HyperCore's heap the objects of the configured VMs take: bounds from above, which a test compares with the objects. The heap only
/// fills, and all of it is given out before the first VM starts, so what does not fit is said while the configuration is read.
/// </summary>
public static class HeapNeeds
{
    /// <summary>Bytes of the heap.</summary>
    public const ulong HeapBytes = 5 << 20;

    /// <summary>Bytes for everything but the VMs that comes after the configuration was read: screen, menu, log, decoder, drivers, up to 64 pCPUs.</summary>
    public const ulong Reserve = 1280 << 10;

    private const ulong PerVirtualMachine = 78 << 10;
    private const ulong PerVcpu = 38 << 10;
    private const ulong PerDisk = 5 << 10;
    private const ulong PerNetworkCard = 15 << 10;

    // The disk, and what is saved, once as it is and once as it is to be.
    private const ulong PerSettings = PerDisk + (18 << 10);

    // A bit for each block of 4 KiB.
    private const ulong DiskBytesPerByte = 4096 * 8;

    /// <summary>Bytes that the objects of all VMs take.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="files">The files of each VM.</param>
    public static ulong Of(HyperCoreConfig config, ReadOnlySpan<BootFiles> files)
    {
        ulong sum = 0;
        for (int i = 0; i < config.VirtualMachineCount; i++)
        {
            VirtualMachineConfig vm = config[i];
            sum += PerVirtualMachine + ((ulong)vm.Processors * PerVcpu) + RamPreparation.HeapBytes(vm.Memory);
            sum += vm.Network ? PerNetworkCard : 0;
            sum += vm.Settings ? PerSettings : 0;
            for (int disk = 0; disk < vm.DiskCount; disk++)
            {
                sum += PerDisk + ((ulong)files[i].GetDisk(disk).Bytes.Length / DiskBytesPerByte);
            }
        }

        return sum;
    }

    /// <summary>Sees that all VMs fit.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="files">The files of each VM.</param>
    /// <param name="left">Bytes of the heap that are left.</param>
    /// <param name="diagnostics">Gets the error when they do not.</param>
    /// <returns>They do.</returns>
    public static bool Check(HyperCoreConfig config, ReadOnlySpan<BootFiles> files, ulong left, ConfigDiagnostics diagnostics)
    {
        ulong forMachines = left > Reserve ? left - Reserve : 0;
        ulong needed = Of(config, files);
        if (needed <= forMachines)
        {
            return true;
        }

        Span<char> buffer = stackalloc char[200];
        diagnostics.AddError(
            1, 1, TextBuilder.Format(buffer, $"the VMs need {needed >> 10}K of HyperCore's own memory, which has {forMachines >> 10}K for them; expected fewer or smaller disks, fewer cpus or fewer VMs"));
        return false;
    }
}
