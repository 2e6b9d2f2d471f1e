using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Machine;

/// <summary>The virtio devices of a VM: a console and, where the machine has random numbers, an entropy source, and the disks and the network card it is configured to have.</summary>
public sealed class VirtioDevices
{
    // PCI Code and ID Assignment Specification: other mass storage, Ethernet controller, other communication device, and a device that fits no class.
    private const uint DiskClass = 0x01_8000;
    private const uint EthernetClass = 0x02_0000;
    private const uint ConsoleClass = 0x07_8000;
    private const uint EntropyClass = 0xFF_0000;

    private readonly VirtualMachineConfig _config;
    private readonly RamDisk[] _disks;

    /// <summary>Builds the devices and puts them on the PCI bus.</summary>
    /// <param name="platform">The virtual PC.</param>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="config">The VM's configuration.</param>
    /// <param name="files">The files of the disks. When one of them is missing the VM cannot start, and gets no disks.</param>
    /// <param name="console">Where the console's output goes.</param>
    /// <param name="entropy">Where random numbers come from; null when the machine has none.</param>
    /// <param name="network">The machine's network; null when it has none.</param>
    /// <param name="settings">The disk with the VM's settings; null when it has none.</param>
    public VirtioDevices(
        VirtualPlatform platform,
        GuestMemory memory,
        Clock clock,
        VirtualMachineConfig config,
        BootFiles files,
        GuestConsole console,
        EntropySource? entropy,
        MachineNetwork? network = null,
        SettingsDisk? settings = null)
    {
        _config = config;
        Settings = settings;
        TimerSet timers = platform.Timers;
        if (entropy != null)
        {
            Add(platform, PlatformLayout.EntropySlot, new VirtioRng(memory, clock, timers, entropy), EntropyClass);
        }

        Console = new VirtioConsole(memory, clock, timers, new LineOutput(console, clock, timers));
        Add(platform, PlatformLayout.ConsoleSlot, Console, ConsoleClass);
        if (config.Network && network?.TryAddPort(config.Name) is { } port)
        {
            Network = new VirtioNet(memory, clock, timers, network.Switch, port, platform.Attention);
            Add(platform, PlatformLayout.NetworkSlot, Network, EthernetClass);
        }

        _disks = new RamDisk[files.Error == null ? config.DiskCount : 0];
        for (int i = 0; i < _disks.Length; i++)
        {
            _disks[i] = new RamDisk(files.GetDisk(i));
            Add(platform, PlatformLayout.FirstDiskSlot + i, new VirtioBlk(memory, clock, timers, _disks[i], FileName(config.GetDisk(i))), DiskClass);
        }

        if (settings != null)
        {
            settings.Device = new VirtioBlk(memory, clock, timers, settings.Disk, SettingsDisk.Serial, settings);
            Add(platform, PlatformLayout.SettingsSlot, settings.Device, DiskClass);
        }
    }

    /// <summary>The console.</summary>
    public VirtioConsole Console { get; }

    /// <summary>The network card; null without one.</summary>
    public VirtioNet? Network { get; }

    /// <summary>The disk with the VM's settings; null when it has none.</summary>
    public SettingsDisk? Settings { get; }

    /// <summary>Takes memory for what the guest will write to its disks; they hold what their files hold.</summary>
    /// <param name="pool">The machine's memory.</param>
    /// <param name="error">Why it was not possible.</param>
    /// <returns>False when there is not so much; nothing is taken then.</returns>
    public bool TryTakeMemory(FrameAllocator pool, ref TextBuilder error)
    {
        for (int i = 0; i < _disks.Length; i++)
        {
            if (!_disks[i].TryAllocate(pool))
            {
                error.Append("disk = ");
                error.Append(_config.GetDisk(i));
                error.Append(" needs ");
                error.AppendMemorySize((ulong)_disks[i].Length);
                error.Append(" of memory, and the machine has ");
                error.AppendMemorySize(pool.FreeBytes & ~0xF_FFFFul);
                error.Append(" free; stop another VM or lower memory in hypercore.conf");
                ReleaseMemory();
                return false;
            }
        }

        if (Settings is { } settings)
        {
            if (!settings.Disk.TryAllocate(pool))
            {
                error.Append("the machine has no 8K of memory left for its settings; stop another VM or lower memory in hypercore.conf");
                ReleaseMemory();
                return false;
            }

            settings.Load();
        }

        return true;
    }

    /// <summary>Forgets what was written to the disks, and gives their memory back, zeroed.</summary>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void ReleaseMemory(Action? breather = null)
    {
        for (int i = 0; i < _disks.Length; i++)
        {
            _disks[i].Free(breather);
        }

        Settings?.Disk.Free(breather);
    }

    private static void Add(VirtualPlatform platform, int slot, VirtioDevice device, uint classCode) =>
        platform.Pci.Add(slot, 0, new VirtioPciTransport(device, classCode, platform.Apics));

    private static ReadOnlySpan<char> FileName(string path)
    {
        int start = path.Length;
        while (start > 0 && path[start - 1] != '\\')
        {
            start--;
        }

        return path.AsSpan(start);
    }
}
