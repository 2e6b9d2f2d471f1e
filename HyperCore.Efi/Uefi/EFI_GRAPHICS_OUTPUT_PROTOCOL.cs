using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_GRAPHICS_OUTPUT_PROTOCOL, UEFI 2.10, 12.9.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_GRAPHICS_OUTPUT_PROTOCOL
{
    /// <summary>Describes a mode.</summary>
    public void* QueryMode;

    /// <summary>Chooses a mode.</summary>
    public void* SetMode;

    /// <summary>Copies rectangles.</summary>
    public void* Blt;

    /// <summary>The current mode.</summary>
    public EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE* Mode;
}
