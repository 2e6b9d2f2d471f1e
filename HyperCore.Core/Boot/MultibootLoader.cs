using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;
using I = HyperCore.Core.Boot.MultibootInformation;

namespace HyperCore.Core.Boot;

/// <summary>
/// Loads a kernel by the Multiboot Specification 0.6.96: ELF32, ELF64 (entered in 32-bit mode all the same), or any file whose Multiboot
/// header says where it goes, with modules. It allocates nothing.
/// </summary>
public static class MultibootLoader
{
    /// <summary>The most modules.</summary>
    public const int MaxModules = 64;

    private const ulong PageMask = 0xFFF;
    private const ulong OneMegabyte = 0x10_0000;

    // The tables follow the structure; strings follow the tables.
    private const ulong ModuleTable = BootLayout.MultibootInformation + 0x100;
    private const ulong MemoryMap = ModuleTable + (MaxModules * I.ModuleSize);
    private const ulong Strings = MemoryMap + 0x400;

    /// <summary>Builds the guest's RAM and entry state. The RAM need not be clear.</summary>
    /// <param name="memory">The guest's RAM. The ACPI tables in it are left alone.</param>
    /// <param name="boot">The files and settings.</param>
    /// <param name="state">Receives the entry state.</param>
    /// <param name="error">Receives why the kernel cannot be loaded, in plain words, starting with the VM's name.</param>
    /// <returns>False when the kernel cannot be loaded.</returns>
    public static bool TryLoad(GuestMemory memory, scoped in MultibootBoot boot, BootState state, ref TextBuilder error)
    {
        ulong limit = GuestMemoryMap.LowRamEnd(memory);
        if (limit <= BootLayout.KernelFloor)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "there is too little memory for any kernel; raise memory");
        }

        var writer = new GuestWriter(memory);
        if (!TryLoadKernel(memory, boot, limit, out ulong entry, out ulong end, ref error)
            || !CheckStrings(boot, ref error))
        {
            return false;
        }

        writer.Clear(BootLayout.MultibootInformation, Strings - BootLayout.MultibootInformation);
        ulong strings = Strings;
        if (!TryPlaceModules(memory, boot, limit, end, ref strings, ref error))
        {
            return false;
        }

        uint flags = I.HasMemory | I.HasCmdline | I.HasMmap | I.HasBootLoaderName;
        flags |= boot.Modules.Length > 0 ? I.HasModules : 0;
        flags |= boot.Framebuffer.IsPresent ? I.HasFramebuffer : 0;
        ulong information = BootLayout.MultibootInformation;
        writer.U32(information + I.Flags, flags);
        writer.U32(information + I.MemLower, (uint)(PlatformLayout.ConventionalEnd >> 10));
        writer.U32(information + I.MemUpper, (uint)((limit - OneMegabyte) >> 10));
        writer.U32(information + I.Cmdline, (uint)strings);
        strings = writer.Text(strings, boot.CommandLine);
        writer.U32(information + I.BootLoaderName, (uint)strings);
        writer.Text(strings, "HyperCore");
        WriteMemoryMap(memory, writer);
        WriteFramebuffer(writer, boot.Framebuffer);
        state.SetMultiboot((uint)entry, I.BootloaderMagic, (uint)information);
        writer.Gdt(state);
        return true;
    }

    private static bool TryLoadKernel(GuestMemory memory, scoped in MultibootBoot boot, ulong limit, out ulong entry, out ulong end, ref TextBuilder error)
    {
        entry = 0;
        end = 0;
        if (!MultibootHeader.TryFind(boot.Kernel, out MultibootHeader header))
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is not a Multiboot kernel; expected a Multiboot header in its first 8192 bytes");
        }

        uint unknown = header.Flags & MultibootHeader.Mandatory & ~(MultibootHeader.AlignModules | MultibootHeader.MemoryInformation | MultibootHeader.VideoMode);
        if (unknown != 0)
        {
            BootError.Start(ref error, boot.VirtualMachine);
            error.Append("kernel requires something that Multiboot 0.6.96 does not know (flags ");
            error.AppendHex(unknown);
            error.Append("h)");
            return false;
        }

        if ((header.Flags & MultibootHeader.VideoMode) != 0 && !boot.Framebuffer.IsPresent)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel requires a framebuffer, and this VM has none; use display = mediated on a machine with a screen");
        }

        if ((header.Flags & MultibootHeader.AddressFields) != 0)
        {
            return TryLoadByAddresses(memory, boot, header, limit, out entry, out end, ref error);
        }

        if (!ElfImage.TryParse(boot.Kernel, out ElfImage image))
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is neither an ELF file nor does its Multiboot header say where to load it");
        }

        if (image.Machine != (image.Is64 ? ElfImage.MachineX64 : ElfImage.Machine386))
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is for another processor; expected one for x86");
        }

        return ElfLoader.TryLoad(memory, image, boot.VirtualMachine, limit, out entry, out end, ref error);
    }

    /// <summary>The "a.out kludge": one piece of the file goes where the header says, and zeros follow it.</summary>
    private static bool TryLoadByAddresses(
        GuestMemory memory, scoped in MultibootBoot boot, MultibootHeader header, ulong limit, out ulong entry, out ulong end, ref TextBuilder error)
    {
        entry = 0;
        end = 0;
        if (!header.HasAddresses || header.HeaderAddress < header.LoadAddress || header.HeaderAddress - header.LoadAddress > (uint)header.Offset)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is damaged: the addresses in its Multiboot header make no sense");
        }

        int fileStart = header.Offset - (int)(header.HeaderAddress - header.LoadAddress);
        ulong start = header.LoadAddress;
        ulong available = (ulong)(boot.Kernel.Length - fileStart);
        ulong loadEnd = header.LoadEndAddress == 0 ? start + available : header.LoadEndAddress;
        end = header.BssEndAddress == 0 ? loadEnd : header.BssEndAddress;
        entry = header.EntryAddress;
        if (loadEnd < start || loadEnd - start > available || end < loadEnd || entry < start || entry >= end)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is damaged: the addresses in its Multiboot header make no sense");
        }

        if (start < BootLayout.KernelFloor)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel wants to be loaded below 1M, which is not possible");
        }

        if (end > limit)
        {
            return BootError.KernelDoesNotFit(ref error, boot.VirtualMachine, start, end - start, memory.TotalBytes);
        }

        var writer = new GuestWriter(memory);
        writer.Bytes(start, boot.Kernel.Slice(fileStart, (int)(loadEnd - start)));
        writer.Clear(loadEnd, end - loadEnd);
        return true;
    }

    private static bool CheckStrings(scoped in MultibootBoot boot, ref TextBuilder error)
    {
        if (boot.Modules.Length > MaxModules)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "there are too many modules; expected at most 64");
        }

        ulong room = BootLayout.MultibootInformationEnd - Strings - 16; // the loader's name comes last
        ulong needed = (ulong)Utf8Text.CountBytes(boot.CommandLine) + 1;
        foreach (BootModule module in boot.Modules)
        {
            needed += (ulong)Utf8Text.CountBytes(module.Text.AsSpan()) + 1;
        }

        return needed <= room || BootError.Say(ref error, boot.VirtualMachine, "cmdline and module arguments are too long");
    }

    /// <summary>Puts the modules behind the kernel, each on a page of its own.</summary>
    private static bool TryPlaceModules(GuestMemory memory, scoped in MultibootBoot boot, ulong limit, ulong address, ref ulong strings, ref TextBuilder error)
    {
        var writer = new GuestWriter(memory);
        ulong table = ModuleTable;
        foreach (BootModule module in boot.Modules)
        {
            ReadOnlySpan<byte> file = module.File;
            address = (address + PageMask) & ~PageMask;
            if (address > limit || (ulong)file.Length > limit - address)
            {
                return BootError.DoesNotFit(ref error, boot.VirtualMachine, "module", (ulong)file.Length, memory.TotalBytes);
            }

            writer.Bytes(address, file);
            writer.U32(table, (uint)address);
            address += (ulong)file.Length;
            writer.U32(table + 4, (uint)address);
            writer.U32(table + 8, (uint)strings);
            strings = writer.Text(strings, module.Text.AsSpan());
            table += I.ModuleSize;
        }

        writer.U32(BootLayout.MultibootInformation + I.ModsCount, (uint)boot.Modules.Length);
        writer.U32(BootLayout.MultibootInformation + I.ModsAddr, (uint)ModuleTable);
        return true;
    }

    private static void WriteMemoryMap(GuestMemory memory, GuestWriter writer)
    {
        Span<MemoryRegion> regions = stackalloc MemoryRegion[GuestMemoryMap.MaxRegions];
        int count = GuestMemoryMap.Build(memory, regions);
        writer.U32(BootLayout.MultibootInformation + I.MmapLength, (uint)(count * I.MmapEntrySize));
        writer.U32(BootLayout.MultibootInformation + I.MmapAddr, (uint)MemoryMap);
        ulong at = MemoryMap;
        for (int i = 0; i < count; i++)
        {
            writer.U32(at, I.MmapEntrySizeField);
            writer.U64(at + 4, regions[i].Start);
            writer.U64(at + 12, regions[i].Length);
            writer.U32(at + 20, regions[i].Type);
            at += I.MmapEntrySize;
        }
    }

    private static void WriteFramebuffer(GuestWriter writer, FramebufferDescription screen)
    {
        if (!screen.IsPresent)
        {
            return;
        }

        ulong information = BootLayout.MultibootInformation;
        writer.U64(information + I.FramebufferAddr, screen.GuestPhysical);
        writer.U32(information + I.FramebufferPitch, screen.Stride);
        writer.U32(information + I.FramebufferWidth, screen.Width);
        writer.U32(information + I.FramebufferHeight, screen.Height);
        writer.U8(information + I.FramebufferBpp, screen.BitsPerPixel);
        writer.U8(information + I.FramebufferType, I.FramebufferRgb);
        writer.U8(information + I.RedFieldPosition, screen.RedPosition);
        writer.U8(information + I.RedMaskSize, screen.RedSize);
        writer.U8(information + I.GreenFieldPosition, screen.GreenPosition);
        writer.U8(information + I.GreenMaskSize, screen.GreenSize);
        writer.U8(information + I.BlueFieldPosition, screen.BluePosition);
        writer.U8(information + I.BlueMaskSize, screen.BlueSize);
    }
}
