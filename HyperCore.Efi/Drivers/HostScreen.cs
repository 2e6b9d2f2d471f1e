using System.Collections.Generic;
using HyperCore.Core.Console;
using HyperCore.Core.Devices;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Pci;
using HyperCore.Core.Platform;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi.Drivers;

/// <summary>The real machine's screen: the framebuffer that the firmware set up, and the registers for other modes on displays that have Bochs' ones.</summary>
public static unsafe class HostScreen
{
    private const ushort BochsVendor = 0x1234;
    private const ushort BochsDevice = 0x1111;
    private const int VideoMemoryBar = 0;
    private const int RegistersBar = 2;
    private const ulong RegistersLength = 0x1000;
    private const ulong PageMask = HostPageTables.PageSize - 1;

    /// <summary>Opens the screen for HyperCore's own pictures.</summary>
    /// <returns>Null when there is none that HyperCore can draw on.</returns>
    public static Framebuffer? Open(FramebufferInformation? information)
    {
        if (information == null
            || !PixelFormat.TryCreate(information.RedMask, information.GreenMask, information.BlueMask, out PixelFormat format)
            || !Framebuffer.TryCreate(
                (nint)information.Address, information.Length, information.Width, information.Height, information.PixelsPerScanLine * 4, format, out Framebuffer screen))
        {
            return null;
        }

        return screen;
    }

    /// <summary>Describes the screen for the VMs.</summary>
    /// <param name="information">What the firmware says of it.</param>
    /// <param name="screen">The same, opened; null when there is none.</param>
    /// <param name="pci">The machine's PCI functions.</param>
    /// <param name="tables">HyperCore's own page tables, in force.</param>
    /// <returns>Null when VMs cannot be given one.</returns>
    public static HostFramebuffer? Describe(FramebufferInformation? information, Framebuffer? screen, HostPci pci, HostPageTables tables)
    {
        if (information == null || screen is not { } opened || (information.Address & PageMask) != 0)
        {
            return null;
        }

        var description = new FramebufferDescription
        {
            Width = (uint)opened.Width,
            Height = (uint)opened.Height,
            Stride = (uint)opened.Stride,
            BitsPerPixel = 32,
            RedPosition = (byte)opened.Format.RedShift,
            GreenPosition = (byte)opened.Format.GreenShift,
            BluePosition = (byte)opened.Format.BlueShift,
            RedSize = 8,
            GreenSize = 8,
            BlueSize = 8,
        };

        // A guest is given all of it: not a page more than the firmware says is there, or than the guest's window holds.
        if (description.SizeInBytes > information.Length || description.SizeInBytes > PlatformLayout.FramebufferWindow)
        {
            return null;
        }

        ulong length = information.Length;
        HostDispi? modes = FindModes(description, information.Address, ref length, pci, tables);
        return new HostFramebuffer((byte*)information.Address, information.Address, description, length, modes);
    }

    // Only where the framebuffer is the start of such a display's video memory: there may be several displays.
    private static HostDispi? FindModes(in FramebufferDescription description, ulong address, ref ulong length, HostPci pci, HostPageTables tables)
    {
        List<HostPciFunction> functions = pci.Functions;
        for (int i = 0; i < functions.Count; i++)
        {
            HostPciFunction function = functions[i];
            if (function.VendorId != BochsVendor || function.DeviceId != BochsDevice)
            {
                continue;
            }

            HostPciBar memory = function.ReadBar(VideoMemoryBar);
            HostPciBar registers = function.ReadBar(RegistersBar);
            var mode = new DisplayMode(description.Width, description.Height, 32, description.Stride, 0);
            if (!memory.IsMemory || memory.Address != address || memory.Size < mode.End
                || !registers.IsMemory || !registers.IsAssigned || registers.Size < RegistersLength
                || !HostPaging.TryMapDevice(tables, registers.Address, RegistersLength)
                || !tables.Map(memory.Address, memory.Size, HostPageAccess.Write, HostMemoryType.WriteCombining))
            {
                continue;
            }

            HostPaging.FlushAll();
            if (HostDispi.IsPresent((byte*)registers.Address))
            {
                length = memory.Size;
                return new HostDispi((byte*)registers.Address, memory.Size, mode);
            }
        }

        return null;
    }
}
