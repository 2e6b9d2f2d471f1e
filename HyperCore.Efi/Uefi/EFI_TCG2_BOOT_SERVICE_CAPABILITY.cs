using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_TCG2_BOOT_SERVICE_CAPABILITY, TCG EFI Protocol Specification, family 2.0, revision 00.13, 6.4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_TCG2_BOOT_SERVICE_CAPABILITY
{
    /// <summary>Bytes of the structure: set by the caller, and by the firmware.</summary>
    public byte Size;

    /// <summary>Version of the structure: major.</summary>
    public byte StructureVersionMajor;

    /// <summary>Version of the structure: minor.</summary>
    public byte StructureVersionMinor;

    /// <summary>Version of the protocol: major.</summary>
    public byte ProtocolVersionMajor;

    /// <summary>Version of the protocol: minor.</summary>
    public byte ProtocolVersionMinor;

    /// <summary>Hash algorithms the firmware knows.</summary>
    public uint HashAlgorithmBitmap;

    /// <summary>Formats of the event log.</summary>
    public uint SupportedEventLogs;

    /// <summary>Not 0: there is a TPM.</summary>
    public byte TPMPresentFlag;

    /// <summary>Bytes of the longest command.</summary>
    public ushort MaxCommandSize;

    /// <summary>Bytes of the longest answer.</summary>
    public ushort MaxResponseSize;

    /// <summary>Who made the TPM.</summary>
    public uint ManufacturerID;

    /// <summary>Banks there can be.</summary>
    public uint NumberOfPCRBanks;

    /// <summary>Banks in use.</summary>
    public uint ActivePcrBanks;
}
