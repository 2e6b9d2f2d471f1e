using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL, UEFI 2.10, 12.4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL
{
    /// <summary>Resets the device.</summary>
    public void* Reset;

    /// <summary>Writes a zero-terminated string: this, string.</summary>
    public delegate* unmanaged<EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL*, char*, EFI_STATUS> OutputString;

    /// <summary>Asks whether characters can be shown.</summary>
    public void* TestString;

    /// <summary>Describes a mode.</summary>
    public void* QueryMode;

    /// <summary>Chooses a mode.</summary>
    public void* SetMode;

    /// <summary>Sets colours.</summary>
    public void* SetAttribute;

    /// <summary>Clears the screen: this.</summary>
    public delegate* unmanaged<EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL*, EFI_STATUS> ClearScreen;

    /// <summary>Moves the cursor.</summary>
    public void* SetCursorPosition;

    /// <summary>Shows or hides the cursor: this, visible.</summary>
    public delegate* unmanaged<EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL*, byte, EFI_STATUS> EnableCursor;

    /// <summary>The current mode.</summary>
    public void* Mode;
}
