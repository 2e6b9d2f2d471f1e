using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_GRAPHICS_OUTPUT_MODE_INFORMATION, UEFI 2.10, 12.9.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_GRAPHICS_OUTPUT_MODE_INFORMATION
{
    /// <summary>Zero.</summary>
    public uint Version;

    /// <summary>Pixels of a line that are shown.</summary>
    public uint HorizontalResolution;

    /// <summary>Lines.</summary>
    public uint VerticalResolution;

    /// <summary>What a pixel is.</summary>
    public EFI_GRAPHICS_PIXEL_FORMAT PixelFormat;

    /// <summary>Where the colours are for <see cref="EFI_GRAPHICS_PIXEL_FORMAT.PixelBitMask"/>.</summary>
    public EFI_PIXEL_BITMASK PixelInformation;

    /// <summary>Pixels from the start of a line to the start of the next.</summary>
    public uint PixelsPerScanLine;
}
