using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_FILE_INFO without the name that follows it, UEFI 2.10, 13.5.16.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_FILE_INFO
{
    /// <summary><see cref="Attribute"/>: it is a directory.</summary>
    public const ulong EFI_FILE_DIRECTORY = 0x10;

    /// <summary>Bytes of this structure with the name.</summary>
    public ulong Size;

    /// <summary>Bytes of the file.</summary>
    public ulong FileSize;

    /// <summary>Bytes it takes on the medium.</summary>
    public ulong PhysicalSize;

    /// <summary>When it was made.</summary>
    public EFI_TIME CreateTime;

    /// <summary>When it was read.</summary>
    public EFI_TIME LastAccessTime;

    /// <summary>When it was written.</summary>
    public EFI_TIME ModificationTime;

    /// <summary>EFI_FILE_* attributes.</summary>
    public ulong Attribute;
}
