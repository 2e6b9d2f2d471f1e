namespace HyperCore.Efi.Uefi;

/// <summary>EFI_LOCATE_SEARCH_TYPE, UEFI 2.10, 7.3.5.</summary>
internal enum EFI_LOCATE_SEARCH_TYPE
{
    /// <summary>All handles.</summary>
    AllHandles,

    /// <summary>Those of a registration.</summary>
    ByRegisterNotify,

    /// <summary>Those with a protocol.</summary>
    ByProtocol,
}
