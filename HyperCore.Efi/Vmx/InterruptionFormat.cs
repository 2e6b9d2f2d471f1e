namespace HyperCore.Efi.Vmx;

/// <summary>
/// The format that the VM-entry interruption-information, VM-exit interruption-information and IDT-vectoring information fields share (Intel SDM
/// vol. 3C, tables 25-17, 25-19 and 25-20).
/// </summary>
internal static class InterruptionFormat
{
    public const uint Valid = 1u << 31;

    /// <summary>VM-exit only: an IRET has ended the blocking of NMIs before it caused the exit.</summary>
    public const uint NmiUnblocking = 1u << 12;

    public const uint ErrorCodeValid = 1u << 11;
    public const uint VectorMask = 0xFF;
    public const uint TypeMask = 7u << 8;
    public const uint TypeExternalInterrupt = 0u << 8;
    public const uint TypeNmi = 2u << 8;
    public const uint TypeHardwareException = 3u << 8;
    public const uint TypeSoftwareInterrupt = 4u << 8;
    public const uint TypePrivilegedSoftwareException = 5u << 8;
    public const uint TypeSoftwareException = 6u << 8;
}
