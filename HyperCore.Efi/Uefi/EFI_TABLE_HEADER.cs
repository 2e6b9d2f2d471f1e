using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_TABLE_HEADER, UEFI 2.10, 4.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_TABLE_HEADER
{
    /// <summary>Names the table.</summary>
    public ulong Signature;

    /// <summary>Revision of the specification: major in the upper half, minor times ten in the lower.</summary>
    public uint Revision;

    /// <summary>Bytes of the whole table.</summary>
    public uint HeaderSize;

    /// <summary>CRC-32 of the whole table.</summary>
    public uint CRC32;

    /// <summary>Zero.</summary>
    public uint Reserved;
}
