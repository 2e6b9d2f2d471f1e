using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_LOADED_IMAGE_PROTOCOL, UEFI 2.10, 9.1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_LOADED_IMAGE_PROTOCOL
{
    /// <summary>Revision of the structure.</summary>
    public uint Revision;

    /// <summary>Who started the image.</summary>
    public void* ParentHandle;

    /// <summary>The system table.</summary>
    public EFI_SYSTEM_TABLE* SystemTable;

    /// <summary>The device the image was loaded from; null when it came out of memory.</summary>
    public void* DeviceHandle;

    /// <summary>The file on that device.</summary>
    public EFI_DEVICE_PATH_PROTOCOL* FilePath;

    /// <summary>Nothing.</summary>
    public void* Reserved;

    /// <summary>Bytes of options.</summary>
    public uint LoadOptionsSize;

    /// <summary>Options.</summary>
    public void* LoadOptions;

    /// <summary>Where the image was loaded.</summary>
    public byte* ImageBase;

    /// <summary>Its size in bytes.</summary>
    public ulong ImageSize;

    /// <summary>Memory type of its code.</summary>
    public EFI_MEMORY_TYPE ImageCodeType;

    /// <summary>Memory type of its data.</summary>
    public EFI_MEMORY_TYPE ImageDataType;

    /// <summary>Unloads the image.</summary>
    public void* Unload;
}
