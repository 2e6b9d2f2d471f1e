namespace HyperCore.Efi.Uefi;

/// <summary>EFI_ALLOCATE_TYPE, UEFI 2.10, 7.2.1.</summary>
internal enum EFI_ALLOCATE_TYPE
{
    /// <summary>Anywhere.</summary>
    AllocateAnyPages,

    /// <summary>Below an address.</summary>
    AllocateMaxAddress,

    /// <summary>At an address.</summary>
    AllocateAddress,
}
