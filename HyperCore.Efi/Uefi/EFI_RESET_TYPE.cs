namespace HyperCore.Efi.Uefi;

/// <summary>EFI_RESET_TYPE, UEFI 2.10, 8.5.1.</summary>
internal enum EFI_RESET_TYPE
{
    /// <summary>As at power-on.</summary>
    EfiResetCold,

    /// <summary>Processors only.</summary>
    EfiResetWarm,

    /// <summary>Power off.</summary>
    EfiResetShutdown,

    /// <summary>What the data says.</summary>
    EfiResetPlatformSpecific,
}
