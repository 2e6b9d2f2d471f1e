using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>
/// EFI_RUNTIME_SERVICES, UEFI 2.10, 4.5 and chapter 8. After ExitBootServices HyperCore calls only those for variables, and only through
/// FirmwareCall: its own address space has nothing executable but its own code.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_RUNTIME_SERVICES
{
    /// <summary>The header.</summary>
    public EFI_TABLE_HEADER Hdr;

    /// <summary>Reads the clock: time, capabilities (may be null).</summary>
    public delegate* unmanaged<EFI_TIME*, void*, EFI_STATUS> GetTime;

    /// <summary>Sets the clock.</summary>
    public void* SetTime;

    /// <summary>Reads the wake-up time.</summary>
    public void* GetWakeupTime;

    /// <summary>Sets the wake-up time.</summary>
    public void* SetWakeupTime;

    /// <summary>Changes to virtual addresses.</summary>
    public void* SetVirtualAddressMap;

    /// <summary>Converts a pointer.</summary>
    public void* ConvertPointer;

    /// <summary>Reads a variable: name, vendor, attributes (may be null), bytes of the buffer and then of the variable, buffer.</summary>
    public delegate* unmanaged<char*, EFI_GUID*, uint*, nuint*, void*, EFI_STATUS> GetVariable;

    /// <summary>Lists variables.</summary>
    public void* GetNextVariableName;

    /// <summary>Writes a variable: name, vendor, attributes, bytes (0 deletes), contents.</summary>
    public delegate* unmanaged<char*, EFI_GUID*, uint, nuint, void*, EFI_STATUS> SetVariable;

    /// <summary>Counts.</summary>
    public void* GetNextHighMonotonicCount;

    /// <summary>Resets the machine: how, status, bytes of data, data. Does not return.</summary>
    public delegate* unmanaged<EFI_RESET_TYPE, EFI_STATUS, nuint, void*, void> ResetSystem;

    /// <summary>Updates the firmware.</summary>
    public void* UpdateCapsule;

    /// <summary>Asks whether it could.</summary>
    public void* QueryCapsuleCapabilities;

    /// <summary>Says how much room there is for variables.</summary>
    public void* QueryVariableInfo;
}
