using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;
using P = HyperCore.Core.Boot.LinuxBootParameters;

namespace HyperCore.Core.Boot;

/// <summary>
/// Loads a 64-bit Linux kernel by the Linux x86 boot protocol, version 2.15: bzImage or ELF vmlinux, with an initial RAM disk, and everything
/// in memory that the 64-bit entry point expects. It allocates nothing.
/// </summary>
public static class LinuxLoader
{
    private const ulong PageMask = 0xFFF;
    private const int PageTableEntries = 512;
    private const ulong MinGigabytes = 4;

    // What fits between the tables' start and the command line. All that the protocol wants mapped lies below 4 GiB.
    private const ulong MaxGigabytes = 16;

    // Page table entries, AMD APM vol. 2, 5.4: present, writable, accessed; dirty and large for the leaves.
    private const ulong TableFlags = 0x23;
    private const ulong LargePageFlags = 0xE3;

    /// <summary>Builds the guest's RAM and entry state. The RAM need not be clear.</summary>
    /// <param name="memory">The guest's RAM. The ACPI tables in it are left alone.</param>
    /// <param name="boot">The files and settings.</param>
    /// <param name="state">Receives the entry state.</param>
    /// <param name="error">Receives why the kernel cannot be loaded, in plain words, starting with the VM's name.</param>
    /// <returns>False when the kernel cannot be loaded.</returns>
    public static bool TryLoad(GuestMemory memory, scoped in LinuxBoot boot, BootState state, ref TextBuilder error)
    {
        ulong limit = GuestMemoryMap.LowRamEnd(memory);
        if (limit <= BootLayout.KernelFloor)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "there is too little memory for any kernel; raise memory");
        }

        var writer = new GuestWriter(memory);
        writer.Clear(BootLayout.ZeroPage, P.Size);
        if (!TryLoadKernel(memory, boot, limit, out LinuxKernelPlacement kernel, ref error)
            || !TryPlaceInitrd(memory, boot, limit, kernel, ref error)
            || !TryWriteCommandLine(writer, boot, kernel, ref error))
        {
            return false;
        }

        writer.U8(BootLayout.ZeroPage + P.TypeOfLoader, P.UndefinedLoader);
        writer.U16(BootLayout.ZeroPage + P.VidMode, 0xFFFF); // "normal": no mode switch is wanted of the kernel
        writer.U64(BootLayout.ZeroPage + P.SetupData, 0);
        writer.U32(BootLayout.ZeroPage + P.HardwareSubarch, 0); // a PC
        writer.U64(BootLayout.ZeroPage + P.AcpiRsdpAddr, PlatformLayout.FirmwareBase);
        WriteMemoryMap(memory, writer);
        WriteScreen(writer, boot.Framebuffer);
        WritePageTables(memory, writer);
        state.SetLinux64(kernel.Entry, BootLayout.ZeroPage, BootLayout.PageTables);
        writer.Gdt(state);
        return true;
    }

    private static bool TryLoadKernel(GuestMemory memory, scoped in LinuxBoot boot, ulong limit, out LinuxKernelPlacement kernel, ref TextBuilder error)
    {
        if (LinuxBzImage.HasMagic(boot.Kernel))
        {
            return LinuxBzImage.TryLoad(memory, boot, limit, out kernel, ref error);
        }

        kernel = default;
        if (!ElfImage.HasMagic(boot.Kernel))
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is not a Linux kernel; expected a bzImage or an ELF vmlinux");
        }

        if (!ElfImage.TryParse(boot.Kernel, out ElfImage image))
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is damaged: its ELF header makes no sense");
        }

        if (!image.Is64 || image.Machine != ElfImage.MachineX64)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is for another processor; expected one for x86-64");
        }

        if (!ElfLoader.TryLoad(memory, image, boot.VirtualMachine, limit, out kernel.Entry, out kernel.End, ref error))
        {
            return false;
        }

        // What a boot loader copies from the bzImage's header, as far as the kernel proper looks at it.
        var writer = new GuestWriter(memory);
        writer.U16(BootLayout.ZeroPage + P.BootFlag, P.BootFlagValue);
        writer.U32(BootLayout.ZeroPage + P.Header, P.HeaderValue);
        writer.U16(BootLayout.ZeroPage + P.Version, P.OwnVersion);
        writer.U8(BootLayout.ZeroPage + P.LoadFlags, P.LoadedHigh);
        writer.U32(BootLayout.ZeroPage + P.InitrdAddrMax, P.DefaultInitrdAddrMax);
        writer.U32(BootLayout.ZeroPage + P.CmdlineSize, P.DefaultCmdlineSize);
        writer.U32(BootLayout.ZeroPage + P.KernelAlignment, 0x20_0000);
        kernel.InitrdAddressMax = P.DefaultInitrdAddrMax;
        kernel.CommandLineSize = P.DefaultCmdlineSize;
        return true;
    }

    /// <summary>Puts the initial RAM disk as high as it may be, so that the kernel can grow and move below it.</summary>
    private static bool TryPlaceInitrd(GuestMemory memory, scoped in LinuxBoot boot, ulong limit, LinuxKernelPlacement kernel, ref TextBuilder error)
    {
        ulong size = (ulong)boot.Initrd.Length;
        if (size == 0)
        {
            return true;
        }

        ulong top = Math.Min(limit, kernel.InitrdAddressMax + 1ul);
        ulong bottom = (kernel.End + PageMask) & ~PageMask;
        ulong address = size > top ? 0 : (top - size) & ~PageMask;
        if (address < bottom)
        {
            return BootError.DoesNotFit(ref error, boot.VirtualMachine, "initrd", size, memory.TotalBytes);
        }

        var writer = new GuestWriter(memory);
        writer.Bytes(address, boot.Initrd);
        writer.U32(BootLayout.ZeroPage + P.RamdiskImage, (uint)address);
        writer.U32(BootLayout.ZeroPage + P.RamdiskSize, (uint)size);
        writer.U32(BootLayout.ZeroPage + P.ExtRamdiskImage, (uint)(address >> 32));
        writer.U32(BootLayout.ZeroPage + P.ExtRamdiskSize, (uint)(size >> 32));
        return true;
    }

    private static bool TryWriteCommandLine(GuestWriter writer, scoped in LinuxBoot boot, LinuxKernelPlacement kernel, ref TextBuilder error)
    {
        int room = (int)Math.Min(kernel.CommandLineSize, BootLayout.CommandLineRoom - 1u);
        int length = Utf8Text.CountBytes(boot.CommandLine);
        if (length > room)
        {
            BootError.Start(ref error, boot.VirtualMachine);
            error.Append("cmdline has ");
            error.AppendDecimal((long)length);
            error.Append(" bytes, but this kernel takes at most ");
            error.AppendDecimal((long)room);
            return false;
        }

        writer.Text(BootLayout.CommandLine, boot.CommandLine);
        writer.U32(BootLayout.ZeroPage + P.CmdLinePtr, (uint)BootLayout.CommandLine);
        writer.U32(BootLayout.ZeroPage + P.ExtCmdLinePtr, 0);
        return true;
    }

    private static void WriteMemoryMap(GuestMemory memory, GuestWriter writer)
    {
        Span<MemoryRegion> regions = stackalloc MemoryRegion[GuestMemoryMap.MaxRegions];
        int count = GuestMemoryMap.Build(memory, regions);
        writer.U8(BootLayout.ZeroPage + P.E820Entries, (byte)count);
        ulong at = BootLayout.ZeroPage + P.E820Table;
        for (int i = 0; i < count; i++)
        {
            writer.U64(at, regions[i].Start);
            writer.U64(at + 8, regions[i].Length);
            writer.U32(at + 16, regions[i].Type);
            at += P.E820EntrySize;
        }
    }

    private static void WriteScreen(GuestWriter writer, FramebufferDescription screen)
    {
        if (!screen.IsPresent)
        {
            return;
        }

        ulong page = BootLayout.ZeroPage;
        bool isHigh = screen.GuestPhysical >> 32 != 0;
        int used = screen.RedSize + screen.GreenSize + screen.BlueSize;
        writer.U8(page + P.OrigVideoIsVga, P.VideoTypeEfi);
        writer.U16(page + P.LfbWidth, (ushort)screen.Width);
        writer.U16(page + P.LfbHeight, (ushort)screen.Height);
        writer.U16(page + P.LfbDepth, screen.BitsPerPixel);
        writer.U32(page + P.LfbBase, (uint)screen.GuestPhysical);
        writer.U32(page + P.ExtLfbBase, (uint)(screen.GuestPhysical >> 32));
        writer.U32(page + P.Capabilities, isHigh ? P.VideoCapability64BitBase : 0);
        writer.U32(page + P.LfbSize, (uint)screen.SizeInBytes); // in bytes for this type of display, not in units of 64 KiB
        writer.U16(page + P.LfbLineLength, (ushort)screen.Stride);
        writer.U8(page + P.RedSize, screen.RedSize);
        writer.U8(page + P.RedPos, screen.RedPosition);
        writer.U8(page + P.GreenSize, screen.GreenSize);
        writer.U8(page + P.GreenPos, screen.GreenPosition);
        writer.U8(page + P.BlueSize, screen.BlueSize);
        writer.U8(page + P.BluePos, screen.BluePosition);
        writer.U8(page + P.RsvdSize, (byte)Math.Max(screen.BitsPerPixel - used, 0));
        writer.U8(page + P.RsvdPos, screen.BitsPerPixel == 32 && used == 24 ? (byte)24 : (byte)0);
        writer.U16(page + P.Pages, 1);
    }

    /// <summary>Maps the first 4 GiB, or as much as there is RAM up to 16 GiB, one to one with 2 MiB pages.</summary>
    private static void WritePageTables(GuestMemory memory, GuestWriter writer)
    {
        const ulong PageSize = 0x1000;
        const ulong Pointers = BootLayout.PageTables + PageSize;
        const ulong Directories = Pointers + PageSize;
        ulong gigabytes = Math.Clamp((GuestMemoryMap.TopOfRam(memory) + 0x3FFF_FFFF) >> 30, MinGigabytes, MaxGigabytes);
        writer.Clear(BootLayout.PageTables, 2 * PageSize);
        writer.U64(BootLayout.PageTables, Pointers | TableFlags);
        for (ulong i = 0; i < gigabytes; i++)
        {
            writer.U64(Pointers + (i * 8), (Directories + (i * PageSize)) | TableFlags);
        }

        for (ulong i = 0; i < gigabytes * PageTableEntries; i++)
        {
            writer.U64(Directories + (i * 8), (i << 21) | LargePageFlags);
        }
    }
}
