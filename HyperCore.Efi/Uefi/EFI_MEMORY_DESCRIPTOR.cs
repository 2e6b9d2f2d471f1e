using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_MEMORY_DESCRIPTOR, UEFI 2.10, 7.2.3. The next one follows after as many bytes as GetMemoryMap says, not after this structure.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_MEMORY_DESCRIPTOR
{
    /// <summary>What it is.</summary>
    public EFI_MEMORY_TYPE Type;

    /// <summary>First physical address.</summary>
    public ulong PhysicalStart;

    /// <summary>First virtual address.</summary>
    public ulong VirtualStart;

    /// <summary>Number of pages of 4 KiB.</summary>
    public ulong NumberOfPages;

    /// <summary>EFI_MEMORY_* flags.</summary>
    public ulong Attribute;
}
