using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_TCG2_EVENT up to its data, TCG EFI Protocol Specification, family 2.0, revision 00.13, 6.6. Packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EFI_TCG2_EVENT
{
    /// <summary>EFI_TCG2_EVENT_HEADER_VERSION.</summary>
    public const ushort EFI_TCG2_EVENT_HEADER_VERSION = 1;

    /// <summary>Bytes of EFI_TCG2_EVENT_HEADER, which is everything here but <see cref="Size"/>.</summary>
    public const uint HeaderBytes = 14;

    /// <summary>What boot loaders measure. TCG PC Client Platform Firmware Profile, 10.4.1.</summary>
    public const uint EV_IPL = 0x0000_000D;

    /// <summary>Bytes of the event with its data.</summary>
    public uint Size;

    /// <summary>Bytes of the header.</summary>
    public uint HeaderSize;

    /// <summary>1.</summary>
    public ushort HeaderVersion;

    /// <summary>The register.</summary>
    public uint PCRIndex;

    /// <summary>What kind of event it is.</summary>
    public uint EventType;
}
