using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_DEVICE_PATH_PROTOCOL, UEFI 2.10, 10.2: the header of one node of a path.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_DEVICE_PATH_PROTOCOL
{
    /// <summary><see cref="Type"/> of the node that ends a path.</summary>
    public const byte END_DEVICE_PATH_TYPE = 0x7F;

    /// <summary>Kind of node.</summary>
    public byte Type;

    /// <summary>Kind of node within the type.</summary>
    public byte SubType;

    /// <summary>Bytes of the node with this header, little-endian.</summary>
    public fixed byte Length[2];
}
