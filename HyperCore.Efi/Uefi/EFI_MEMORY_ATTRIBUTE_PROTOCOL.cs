using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_MEMORY_ATTRIBUTE_PROTOCOL, UEFI 2.10, 37.7.1: firmware that does not let data be executed has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_MEMORY_ATTRIBUTE_PROTOCOL
{
    /// <summary>Attribute: writing is not allowed.</summary>
    public const ulong EFI_MEMORY_RO = 0x2_0000;

    /// <summary>Attribute: executing is not allowed.</summary>
    public const ulong EFI_MEMORY_XP = 0x4000;

    /// <summary>Reads attributes.</summary>
    public void* GetMemoryAttributes;

    /// <summary>Sets attributes.</summary>
    public void* SetMemoryAttributes;

    /// <summary>Clears attributes: this, address, bytes, attributes.</summary>
    public delegate* unmanaged<EFI_MEMORY_ATTRIBUTE_PROTOCOL*, ulong, ulong, ulong, EFI_STATUS> ClearMemoryAttributes;
}
