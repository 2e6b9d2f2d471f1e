using System;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>The files that a VM boots from, as they were read from the partition. They stay in memory, so that a VM can be started again.</summary>
public sealed unsafe class BootFiles
{
    private readonly BootModule[] _modules = new BootModule[VirtualMachineConfig.MaxModules];

    private readonly FileContent[] _disks = new FileContent[VirtualMachineConfig.MaxDisks];

    private readonly char[] _commandLine;

    /// <summary>Prepares to hold the files of a VM.</summary>
    public BootFiles(VirtualMachineConfig config) => _commandLine = new char[config.CommandLine.Length + LinuxCommandLine.MaxAdded];

    /// <summary>The kernel.</summary>
    public FileContent Kernel { get; set; }

    /// <summary>The initial RAM disk; empty without one.</summary>
    public FileContent Initrd { get; set; }

    /// <summary>What is wrong with the files, in words; null when all are there.</summary>
    public string? Error { get; set; }

    /// <summary>Sets a module.</summary>
    public void SetModule(int index, BootModule module) => _modules[index] = module;

    /// <summary>Sets the contents of a disk.</summary>
    public void SetDisk(int index, FileContent disk) => _disks[index] = disk;

    /// <summary>The contents of a disk.</summary>
    public FileContent GetDisk(int index) => _disks[index];

    /// <summary>Loads everything into a guest's memory.</summary>
    /// <param name="config">The VM.</param>
    /// <param name="memory">Its memory, zeroed, with the ACPI tables in place.</param>
    /// <param name="framebuffer">What it is told about its screen.</param>
    /// <param name="tscFrequency">Ticks of its TSC in one second.</param>
    /// <param name="state">The processor state it starts with.</param>
    /// <param name="error">Why it was not possible.</param>
    /// <returns>False when it was not possible.</returns>
    public bool TryLoad(
        VirtualMachineConfig config, GuestMemory memory, in FramebufferDescription framebuffer, ulong tscFrequency, BootState state, ref TextBuilder error)
    {
        if (config.Boot == BootKind.Multiboot)
        {
            return TryLoadMultiboot(config, memory, framebuffer, state, ref error);
        }

        var boot = new LinuxBoot
        {
            VirtualMachine = config.Name,
            Kernel = Kernel.Bytes,
            Initrd = Initrd.Bytes,
            CommandLine = LinuxCommandLine.Build(_commandLine, config.CommandLine, tscFrequency),
            Framebuffer = framebuffer,
        };
        return LinuxLoader.TryLoad(memory, boot, state, ref error);
    }

    private bool TryLoadMultiboot(VirtualMachineConfig config, GuestMemory memory, in FramebufferDescription framebuffer, BootState state, ref TextBuilder error)
    {
        var boot = new MultibootBoot
        {
            VirtualMachine = config.Name,
            Kernel = Kernel.Bytes,
            CommandLine = config.CommandLine,
            Modules = _modules.AsSpan(0, config.ModuleCount),
            Framebuffer = framebuffer,
        };
        return MultibootLoader.TryLoad(memory, boot, state, ref error);
    }
}
