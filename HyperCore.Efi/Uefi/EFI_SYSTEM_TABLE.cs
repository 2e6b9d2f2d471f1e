using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_SYSTEM_TABLE, UEFI 2.10, 4.3.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_SYSTEM_TABLE
{
    /// <summary>What <see cref="EFI_TABLE_HEADER.Signature"/> must be: "IBI SYST".</summary>
    public const ulong EFI_SYSTEM_TABLE_SIGNATURE = 0x5453_5953_2049_4249;

    /// <summary>The header.</summary>
    public EFI_TABLE_HEADER Hdr;

    /// <summary>Who made the firmware, zero-terminated.</summary>
    public char* FirmwareVendor;

    /// <summary>The vendor's number for the firmware.</summary>
    public uint FirmwareRevision;

    /// <summary>Handle of the console input device.</summary>
    public void* ConsoleInHandle;

    /// <summary>Console input.</summary>
    public EFI_SIMPLE_TEXT_INPUT_PROTOCOL* ConIn;

    /// <summary>Handle of the console output device.</summary>
    public void* ConsoleOutHandle;

    /// <summary>Console output; null on a headless machine.</summary>
    public EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL* ConOut;

    /// <summary>Handle of the error console device.</summary>
    public void* StandardErrorHandle;

    /// <summary>Error console output.</summary>
    public EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL* StdErr;

    /// <summary>Services that outlive ExitBootServices.</summary>
    public EFI_RUNTIME_SERVICES* RuntimeServices;

    /// <summary>Services until ExitBootServices.</summary>
    public EFI_BOOT_SERVICES* BootServices;

    /// <summary>Number of configuration tables.</summary>
    public nuint NumberOfTableEntries;

    /// <summary>The configuration tables.</summary>
    public EFI_CONFIGURATION_TABLE* ConfigurationTable;
}
