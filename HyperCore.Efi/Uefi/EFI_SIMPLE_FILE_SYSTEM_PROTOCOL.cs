using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_SIMPLE_FILE_SYSTEM_PROTOCOL, UEFI 2.10, 13.4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_SIMPLE_FILE_SYSTEM_PROTOCOL
{
    /// <summary>Revision of the structure.</summary>
    public ulong Revision;

    /// <summary>Opens the root directory: this, root.</summary>
    public delegate* unmanaged<EFI_SIMPLE_FILE_SYSTEM_PROTOCOL*, EFI_FILE_PROTOCOL**, EFI_STATUS> OpenVolume;
}
