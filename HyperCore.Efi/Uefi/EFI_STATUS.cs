namespace HyperCore.Efi.Uefi;

/// <summary>EFI_STATUS, UEFI 2.10, appendix D. Errors have the top bit set.</summary>
internal enum EFI_STATUS : ulong
{
    /// <summary>It worked.</summary>
    EFI_SUCCESS = 0,

    /// <summary>The image could not be loaded.</summary>
    EFI_LOAD_ERROR = ErrorBit | 1,

    /// <summary>A parameter is wrong.</summary>
    EFI_INVALID_PARAMETER = ErrorBit | 2,

    /// <summary>It is not supported.</summary>
    EFI_UNSUPPORTED = ErrorBit | 3,

    /// <summary>The buffer is too small.</summary>
    EFI_BUFFER_TOO_SMALL = ErrorBit | 5,

    /// <summary>Nothing is there yet.</summary>
    EFI_NOT_READY = ErrorBit | 6,

    /// <summary>The device failed.</summary>
    EFI_DEVICE_ERROR = ErrorBit | 7,

    /// <summary>It cannot be written to.</summary>
    EFI_WRITE_PROTECTED = ErrorBit | 8,

    /// <summary>There is no memory or other resource left.</summary>
    EFI_OUT_OF_RESOURCES = ErrorBit | 9,

    /// <summary>The file system is damaged.</summary>
    EFI_VOLUME_CORRUPTED = ErrorBit | 10,

    /// <summary>There is no medium.</summary>
    EFI_NO_MEDIA = ErrorBit | 12,

    /// <summary>The medium was exchanged.</summary>
    EFI_MEDIA_CHANGED = ErrorBit | 13,

    /// <summary>It was not found.</summary>
    EFI_NOT_FOUND = ErrorBit | 14,

    /// <summary>Access was denied.</summary>
    EFI_ACCESS_DENIED = ErrorBit | 15,

    /// <summary>The time ran out.</summary>
    EFI_TIMEOUT = ErrorBit | 18,

    /// <summary>It was aborted.</summary>
    EFI_ABORTED = ErrorBit | 21,

    /// <summary>The firmware's rules forbid it.</summary>
    EFI_SECURITY_VIOLATION = ErrorBit | 26,

    /// <summary>The bit that makes a status an error.</summary>
    ErrorBit = 1ul << 63,
}
