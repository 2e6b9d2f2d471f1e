using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Image;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// What start-up found out and set up. Before ExitBootServices (<see cref="Hypervisor.Prepare"/>) <see cref="MemoryMap"/> is what the firmware
/// says at that moment; afterwards (<see cref="Hypervisor.Run"/>) it is final and everything is HyperCore's.
/// </summary>
public sealed unsafe class StartupInformation
{
    private readonly HostLayout _layout;
    private readonly ulong _imageSize;

    /// <summary>Describes where HyperCore is.</summary>
    internal StartupInformation(HostLayout layout, ulong imageSize, FileLoader files)
    {
        _layout = layout;
        _imageSize = imageSize;
        Files = files;
    }

    /// <summary>The machine's memory: who uses what, and what is free for guests.</summary>
    public HostMemoryMap MemoryMap { get; } = new();

    /// <summary>The screen; null when there is none that can be written to as memory.</summary>
    public FramebufferInformation? Framebuffer { get; internal set; }

    /// <summary>Physical address of the ACPI root pointer (RSDP); 0 when the firmware names none.</summary>
    public ulong RootSystemDescriptionPointer { get; internal set; }

    /// <summary>Physical address of the SMBIOS entry point, 64-bit if there is one; 0 when the firmware names none.</summary>
    public ulong SmbiosEntryPoint { get; internal set; }

    /// <summary>\EFI\HyperCore\hypercore.conf.</summary>
    public LoadedFile Config { get; internal set; } = null!;

    /// <summary>Which files are taken, and what the TPM has been told.</summary>
    public BootTrust Trust { get; internal set; } = null!;

    /// <summary>The files asked for so far. Loading more is only possible in <see cref="Hypervisor.Prepare"/>.</summary>
    public FileLoader Files { get; }

    /// <summary>The firmware's console, only in <see cref="Hypervisor.Prepare"/>.</summary>
    public FirmwareConsole Console { get; internal set; }

    /// <summary>UTC in seconds since 1970-01-01 as the firmware's clock had it at <see cref="WallClockTsc"/>; 0 when the clock is not set.</summary>
    public ulong WallClockSeconds { get; internal set; }

    /// <summary>The time-stamp counter when <see cref="WallClockSeconds"/> was read.</summary>
    public ulong WallClockTsc { get; internal set; }

    /// <summary>The time-stamp counter when HyperCore was started.</summary>
    public ulong StartTsc { get; internal set; }

    /// <summary>Who made the firmware.</summary>
    public string FirmwareVendor { get; internal set; } = "";

    /// <summary>The vendor's number for the firmware.</summary>
    public uint FirmwareRevision { get; internal set; }

    /// <summary>Revision of the UEFI specification the firmware follows: major in the upper half, minor times ten in the lower.</summary>
    public uint UefiRevision { get; internal set; }

    /// <summary>The path HyperCore was loaded from on its partition; empty when it came from elsewhere.</summary>
    public string ImagePath { get; internal set; } = "";

    /// <summary>The device path that a boot entry for HyperCore has to have, in its short form; empty when there can be none.</summary>
    public byte[] BootPath { get; internal set; } = [];

    /// <summary>The file that <see cref="BootPath"/> names; empty when it is not a file.</summary>
    public string BootProgram { get; internal set; } = "";

    /// <summary>The firmware's runtime services.</summary>
    internal EFI_RUNTIME_SERVICES* RuntimeServices { get; set; }

    /// <summary>What was prepared to call runtime services after ExitBootServices.</summary>
    internal RuntimePreparation Runtime { get; set; } = null!;

    /// <summary>Where the running image lies.</summary>
    public ulong ImageBase => _layout.Image;

    /// <summary>Bytes of the running image.</summary>
    public ulong ImageSize => _imageSize;

    /// <summary>The running image's headers: sections and their rights.</summary>
    public PeImage Image
    {
        get
        {
            // It was parsed before it was started.
            PeImage.TryParse(new Span<byte>((void*)ImageBase, (int)ImageSize), out PeImage image);
            return image;
        }
    }

    /// <summary>The address after the last byte of the stack <see cref="Hypervisor.Run"/> runs on.</summary>
    public ulong BootStackTop => _layout.BootStackTop;

    /// <summary>HyperCore's own page tables. After a change: <see cref="HostPaging.FlushAll"/>.</summary>
    public HostPageTables PageTables { get; internal set; } = null!;

    /// <summary>The processors to take.</summary>
    public ProcessorList Processors { get; internal set; } = null!;

    /// <summary>Where the list of processors was taken from, for people to read.</summary>
    public string ProcessorSource { get; internal set; } = "";

    /// <summary>Where the application processors' stacks are.</summary>
    public PcpuLayout PcpuMemory { get; internal set; }

    /// <summary>The first of <see cref="Pcpus.Trampoline.PageCount"/> pages below 1 MiB; 0 when there is no memory to start processors with.</summary>
    public ulong TrampolineAddress { get; internal set; }

    /// <summary>How much memory HyperCore takes for itself.</summary>
    public MemoryFootprint Footprint { get; internal set; } = new();

    /// <summary>The address after the last byte of an interrupt stack, below which there is a guard page.</summary>
    /// <param name="index">0 to <see cref="HostLayout.InterruptStackCount"/> - 1: for IST1 and up.</param>
    public ulong InterruptStackTop(int index) => _layout.InterruptStackTop(index);

    /// <summary>An address lies in the guard page below one of HyperCore's stacks: a stack has overflowed.</summary>
    public bool IsGuardPage(ulong address)
    {
        for (int i = 0; i < HostLayout.StackCount; i++)
        {
            if (address - _layout.GuardPage(i) < HostLayout.PageSize)
            {
                return true;
            }
        }

        for (int processor = 0; processor < PcpuMemory.Count; processor++)
        {
            for (int i = 0; i < PcpuLayout.StackCount; i++)
            {
                if (address - PcpuMemory.GuardPage(processor, i) < HostLayout.PageSize)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
