using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>
/// EFI_FIRMWARE_VOLUME2_PROTOCOL, UEFI Platform Initialization 1.7, volume 3, 3.4.1: the files of a firmware volume. What HyperCore does not call is an
/// untyped pointer.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_FIRMWARE_VOLUME2_PROTOCOL
{
    /// <summary>File type that <see cref="GetNextFile"/> takes for any (volume 3, 3.2.3).</summary>
    public const byte EFI_FV_FILETYPE_ALL = 0;

    /// <summary>File type: sections of no kind that the firmware itself would use.</summary>
    public const byte EFI_FV_FILETYPE_FREEFORM = 2;

    /// <summary>Section type (volume 3, 3.2.5.15): a zero-terminated name for people.</summary>
    public const byte EFI_SECTION_USER_INTERFACE = 0x15;

    /// <summary>Section type (volume 3, 3.2.5.12): bytes.</summary>
    public const byte EFI_SECTION_RAW = 0x19;

    /// <summary>Says what the volume can do.</summary>
    public void* GetVolumeAttributes;

    /// <summary>Sets it.</summary>
    public void* SetVolumeAttributes;

    /// <summary>Reads a file with its section headers.</summary>
    public void* ReadFile;

    /// <summary>
    /// Reads a section of a file: this, the file's name, type of the section, which one of the type, buffer (null: the firmware allocates one, to be
    /// freed with FreePool), its bytes, authentication status.
    /// </summary>
    public delegate* unmanaged<EFI_FIRMWARE_VOLUME2_PROTOCOL*, EFI_GUID*, byte, nuint, void**, nuint*, uint*, EFI_STATUS> ReadSection;

    /// <summary>Writes files.</summary>
    public void* WriteFile;

    /// <summary>Finds the next file: this, key (<see cref="KeySize"/> bytes, zeros at first), type of file, its name, attributes, bytes.</summary>
    public delegate* unmanaged<EFI_FIRMWARE_VOLUME2_PROTOCOL*, void*, byte*, EFI_GUID*, uint*, nuint*, EFI_STATUS> GetNextFile;

    /// <summary>Bytes of the key for <see cref="GetNextFile"/>.</summary>
    public uint KeySize;

    /// <summary>The volume in which this one is; null for one of the flash itself.</summary>
    public void* ParentHandle;

    /// <summary>Reads information.</summary>
    public void* GetInfo;

    /// <summary>Writes information.</summary>
    public void* SetInfo;
}
