using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_FILE_PROTOCOL, UEFI 2.10, 13.5.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_FILE_PROTOCOL
{
    /// <summary>Open mode: reading.</summary>
    public const ulong EFI_FILE_MODE_READ = 1;

    /// <summary>Revision of the structure.</summary>
    public ulong Revision;

    /// <summary>Opens a file: this, new file, zero-terminated path, mode, attributes.</summary>
    public delegate* unmanaged<EFI_FILE_PROTOCOL*, EFI_FILE_PROTOCOL**, char*, ulong, ulong, EFI_STATUS> Open;

    /// <summary>Closes it.</summary>
    public delegate* unmanaged<EFI_FILE_PROTOCOL*, EFI_STATUS> Close;

    /// <summary>Deletes it.</summary>
    public void* Delete;

    /// <summary>Reads: this, bytes wanted and then read, buffer.</summary>
    public delegate* unmanaged<EFI_FILE_PROTOCOL*, nuint*, void*, EFI_STATUS> Read;

    /// <summary>Writes.</summary>
    public void* Write;

    /// <summary>Says where the next read starts.</summary>
    public void* GetPosition;

    /// <summary>Sets where the next read starts.</summary>
    public void* SetPosition;

    /// <summary>Reads information: this, what, bytes of the buffer and then of the information, buffer.</summary>
    public delegate* unmanaged<EFI_FILE_PROTOCOL*, EFI_GUID*, nuint*, void*, EFI_STATUS> GetInfo;

    /// <summary>Writes information.</summary>
    public void* SetInfo;

    /// <summary>Writes everything to the medium.</summary>
    public void* Flush;
}
