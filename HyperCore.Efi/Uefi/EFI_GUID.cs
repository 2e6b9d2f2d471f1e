using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>A GUID as it lies in memory. UEFI 2.10, 2.3.1 and appendix A.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct EFI_GUID(uint data1, ushort data2, ushort data3, ulong data4)
{
    private readonly ulong _low = data1 | ((ulong)data2 << 32) | ((ulong)data3 << 48);
    private readonly ulong _high = SwapBytes(data4);

    /// <summary>Loaded image protocol, UEFI 2.10, 9.1.</summary>
    public static EFI_GUID EFI_LOADED_IMAGE_PROTOCOL_GUID => new(0x5B1B31A1, 0x9562, 0x11D2, 0x8E3F_00A0_C969_723B);

    /// <summary>Device path protocol, UEFI 2.10, 10.2.</summary>
    public static EFI_GUID EFI_DEVICE_PATH_PROTOCOL_GUID => new(0x09576E91, 0x6D3F, 0x11D2, 0x8E39_00A0_C969_723B);

    /// <summary>Simple file system protocol, UEFI 2.10, 13.4.</summary>
    public static EFI_GUID EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID => new(0x964E5B22, 0x6459, 0x11D2, 0x8E39_00A0_C969_723B);

    /// <summary>Firmware volume protocol, UEFI Platform Initialization 1.7, volume 3, 3.4.1.</summary>
    public static EFI_GUID EFI_FIRMWARE_VOLUME2_PROTOCOL_GUID => new(0x220E73B6, 0x6BDB, 0x4413, 0x8405_B974_B108_619A);

    /// <summary>Information type of a file, UEFI 2.10, 13.5.16.</summary>
    public static EFI_GUID EFI_FILE_INFO_ID => new(0x09576E92, 0x6D3F, 0x11D2, 0x8E39_00A0_C969_723B);

    /// <summary>Graphics output protocol, UEFI 2.10, 12.9.</summary>
    public static EFI_GUID EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID => new(0x9042A9DE, 0x23DC, 0x4A38, 0x96FB_7ADE_D080_516A);

    /// <summary>Memory attribute protocol, UEFI 2.10, 37.7.1.</summary>
    public static EFI_GUID EFI_MEMORY_ATTRIBUTE_PROTOCOL_GUID => new(0xF4560CF6, 0x40EC, 0x4B4A, 0xA192_BF1D_57D0_B189);

    /// <summary>MP services protocol, UEFI Platform Initialization 1.8, volume 2, 13.4.1.</summary>
    public static EFI_GUID EFI_MP_SERVICES_PROTOCOL_GUID => new(0x3FDDA605, 0xA76E, 0x4F46, 0xAD29_12F4_531B_3D08);

    /// <summary>TCG2 protocol, TCG EFI Protocol Specification, family 2.0, 6.2.</summary>
    public static EFI_GUID EFI_TCG2_PROTOCOL_GUID => new(0x607F766C, 0x7455, 0x42BE, 0x930B_E4D7_6DB2_720F);

    /// <summary>Variables that the specification defines, UEFI 2.10, 3.3.</summary>
    public static EFI_GUID EFI_GLOBAL_VARIABLE => new(0x8BE4DF61, 0x93CA, 0x11D2, 0xAA0D_00E0_9803_2B8C);

    /// <summary>ACPI 2.0 or later root pointer, UEFI 2.10, 4.6.</summary>
    public static EFI_GUID EFI_ACPI_20_TABLE_GUID => new(0x8868E871, 0xE4F1, 0x11D3, 0xBC22_0080_C73C_8881);

    /// <summary>ACPI 1.0 root pointer, UEFI 2.10, 4.6.</summary>
    public static EFI_GUID ACPI_TABLE_GUID => new(0xEB9D2D30, 0x2D88, 0x11D3, 0x9A16_0090_273F_C14D);

    /// <summary>32-bit SMBIOS entry point, UEFI 2.10, 4.6.</summary>
    public static EFI_GUID SMBIOS_TABLE_GUID => new(0xEB9D2D31, 0x2D88, 0x11D3, 0x9A16_0090_273F_C14D);

    /// <summary>64-bit SMBIOS entry point, UEFI 2.10, 4.6.</summary>
    public static EFI_GUID SMBIOS3_TABLE_GUID => new(0xF2FD1544, 0x9794, 0x4A2C, 0x992E_E5BB_CF20_E394);

    /// <summary>What the firmware's runtime services can do after ExitBootServices, UEFI 2.10, 4.6.2.</summary>
    public static EFI_GUID EFI_RT_PROPERTIES_TABLE_GUID => new(0xEB66918A, 0x7EEF, 0x402A, 0x842E_931D_21C3_8AE9);

    /// <summary>Which parts of the runtime services are code and which data, UEFI 2.10, 4.6.4.</summary>
    public static EFI_GUID EFI_MEMORY_ATTRIBUTES_TABLE_GUID => new(0xDCFA911D, 0x26EB, 0x469F, 0xA220_38B7_DC46_1220);

    /// <summary>HyperCore's own variables.</summary>
    public static EFI_GUID HYPERCORE_VARIABLE => new(0x37054E8F, 0x3981, 0x4909, 0x8768_045A_D520_8198);

    /// <summary>They are the same.</summary>
    public bool Is(in EFI_GUID other) => _low == other._low && _high == other._high;

    private static ulong SwapBytes(ulong value)
    {
        ulong swapped = 0;
        for (int i = 0; i < 8; i++)
        {
            swapped = (swapped << 8) | (value & 0xFF);
            value >>= 8;
        }

        return swapped;
    }
}
