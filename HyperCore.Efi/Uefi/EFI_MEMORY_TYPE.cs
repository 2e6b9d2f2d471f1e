namespace HyperCore.Efi.Uefi;

/// <summary>EFI_MEMORY_TYPE, UEFI 2.10, 7.2.1: the types HyperCore allocates.</summary>
internal enum EFI_MEMORY_TYPE : uint
{
    /// <summary>Nobody else's for good: HyperCore's own memory, also for an OS that is started later.</summary>
    EfiReservedMemoryType = 0,

    /// <summary>Data of the running application.</summary>
    EfiLoaderData = 2,
}
