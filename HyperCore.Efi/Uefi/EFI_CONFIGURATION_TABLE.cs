using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_CONFIGURATION_TABLE, UEFI 2.10, 4.6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_CONFIGURATION_TABLE
{
    /// <summary>What the table is.</summary>
    public EFI_GUID VendorGuid;

    /// <summary>Where it is.</summary>
    public void* VendorTable;
}
