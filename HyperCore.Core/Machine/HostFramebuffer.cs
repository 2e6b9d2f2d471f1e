using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>The machine's own display: a linear framebuffer, and the registers that set its mode where it has such.</summary>
/// <param name="address">Where the host reaches it.</param>
/// <param name="physicalAddress">Its host-physical address, a multiple of 4 KiB.</param>
/// <param name="description">Size and pixel layout; the guest-physical address in it means nothing here.</param>
/// <param name="length">Bytes of memory there; 0 for the visible ones in whole pages.</param>
/// <param name="modes">What sets other modes; null where the mode is fixed.</param>
public sealed unsafe class HostFramebuffer(byte* address, ulong physicalAddress, FramebufferDescription description, ulong length = 0, HostDispi? modes = null)
{
    private const ulong PageMask = 0xFFF;
    private const ulong LargePageMask = 0x1F_FFFF;

    /// <summary>Where the host reaches it.</summary>
    public byte* Address => address;

    /// <summary>Host-physical address.</summary>
    public ulong PhysicalAddress => physicalAddress;

    /// <summary>Size and pixel layout of the mode that HyperCore itself uses.</summary>
    public FramebufferDescription Description => description;

    /// <summary>What sets other modes; null where the mode is fixed.</summary>
    public HostDispi? Modes => modes;

    /// <summary>Bytes that hold pixels in HyperCore's own mode.</summary>
    public ulong Size => description.SizeInBytes;

    /// <summary>Memory that can be mapped: whole pages.</summary>
    public ulong Length => length == 0 ? (Size + PageMask) & ~PageMask : length & ~PageMask;

    /// <summary>Bytes of a pixel are blue, green, red and an unused one, as the virtual display has them.</summary>
    public bool IsBgrx => description is { BitsPerPixel: 32, RedPosition: 16, GreenPosition: 8, BluePosition: 0 };

    /// <summary>
    /// Brings the real display into a VM's mode, if the VM can then draw on it directly; else into HyperCore's own, in which others copy pictures.
    /// </summary>
    /// <param name="mode">What the VM shows.</param>
    /// <returns>How many bytes of video memory from its start on the real display has to hold then; 0 when the VM cannot draw there itself.</returns>
    public ulong Adopt(in DisplayMode mode)
    {
        if (modes != null)
        {
            return IsBgrx && mode.End <= Length && modes.TrySet(mode) ? MapLength(mode.End) : Refuse();
        }

        bool same = IsBgrx && mode.IsShown && !mode.IsBigEndian && mode.Offset == 0 && mode.BitsPerPixel == 32
            && mode.Width == description.Width && mode.Height == description.Height && mode.Stride == description.Stride;
        return same && mode.End <= Length ? MapLength(mode.End) : 0;
    }

    /// <summary>Brings the real display into HyperCore's own mode.</summary>
    public void UseOwnMode() => modes?.SetOwn();

    private ulong Refuse()
    {
        UseOwnMode();
        return 0;
    }

    // Large pages where there is memory for them.
    private ulong MapLength(ulong bytes)
    {
        ulong large = (bytes + LargePageMask) & ~LargePageMask;
        return large <= Length && (physicalAddress & LargePageMask) == 0 ? large : Math.Min((bytes + PageMask) & ~PageMask, Length);
    }
}
