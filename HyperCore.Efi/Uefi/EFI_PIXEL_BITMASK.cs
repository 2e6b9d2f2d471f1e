using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_PIXEL_BITMASK, UEFI 2.10, 12.9.2: which bits of a pixel are which colour.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_PIXEL_BITMASK
{
    /// <summary>Red.</summary>
    public uint RedMask;

    /// <summary>Green.</summary>
    public uint GreenMask;

    /// <summary>Blue.</summary>
    public uint BlueMask;

    /// <summary>None.</summary>
    public uint ReservedMask;
}
