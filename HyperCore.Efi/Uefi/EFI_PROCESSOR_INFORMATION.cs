using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_PROCESSOR_INFORMATION, UEFI Platform Initialization 1.8, volume 2, 13.4.2.2.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct EFI_PROCESSOR_INFORMATION
{
    /// <summary>In <see cref="StatusFlag"/>: it may be used.</summary>
    public const uint PROCESSOR_ENABLED_BIT = 2;

    /// <summary>In <see cref="StatusFlag"/>: it has passed its self-test.</summary>
    public const uint PROCESSOR_HEALTH_STATUS_BIT = 4;

    /// <summary>ID of its local APIC, in the lower half.</summary>
    public ulong ProcessorId;

    /// <summary>What it is and how it does.</summary>
    public uint StatusFlag;
}
