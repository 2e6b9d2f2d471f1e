using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_SIMPLE_TEXT_INPUT_PROTOCOL, UEFI 2.10, 12.3.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_SIMPLE_TEXT_INPUT_PROTOCOL
{
    /// <summary>Resets the device: this, thorough check.</summary>
    public delegate* unmanaged<EFI_SIMPLE_TEXT_INPUT_PROTOCOL*, byte, EFI_STATUS> Reset;

    /// <summary>Reads a key: this, key. EFI_NOT_READY when there is none.</summary>
    public delegate* unmanaged<EFI_SIMPLE_TEXT_INPUT_PROTOCOL*, EFI_INPUT_KEY*, EFI_STATUS> ReadKeyStroke;

    /// <summary>Event of a key being there.</summary>
    public void* WaitForKey;
}
