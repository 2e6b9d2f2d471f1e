namespace HyperCore.Efi.Uefi;

/// <summary>EFI_GRAPHICS_PIXEL_FORMAT, UEFI 2.10, 12.9.2.</summary>
internal enum EFI_GRAPHICS_PIXEL_FORMAT
{
    /// <summary>Bytes are red, green, blue, nothing.</summary>
    PixelRedGreenBlueReserved8BitPerColor,

    /// <summary>Bytes are blue, green, red, nothing.</summary>
    PixelBlueGreenRedReserved8BitPerColor,

    /// <summary>As the masks say.</summary>
    PixelBitMask,

    /// <summary>There is no framebuffer, only Blt().</summary>
    PixelBltOnly,
}
