using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_TCG2_PROTOCOL, TCG EFI Protocol Specification, family 2.0, revision 00.13, 6. What HyperCore does not call is an untyped pointer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_TCG2_PROTOCOL
{
    /// <summary>Says what the TPM and its firmware can do.</summary>
    public delegate* unmanaged<EFI_TCG2_PROTOCOL*, EFI_TCG2_BOOT_SERVICE_CAPABILITY*, EFI_STATUS> GetCapability;

    /// <summary>Gives the event log.</summary>
    public void* GetEventLog;

    /// <summary>Hashes data, extends a register in every bank, and writes an event: flags, address and length of the data, the event.</summary>
    public delegate* unmanaged<EFI_TCG2_PROTOCOL*, ulong, ulong, ulong, EFI_TCG2_EVENT*, EFI_STATUS> HashLogExtendEvent;

    /// <summary>Sends the TPM a command: length and address of the command, length of and address for the answer.</summary>
    public delegate* unmanaged<EFI_TCG2_PROTOCOL*, uint, byte*, uint, byte*, EFI_STATUS> SubmitCommand;

    /// <summary>Says which banks are in use.</summary>
    public void* GetActivePcrBanks;

    /// <summary>Says which banks are to be used from the next start on.</summary>
    public void* SetActivePcrBanks;

    /// <summary>Says what became of that.</summary>
    public void* GetResultOfSetActivePcrBanks;
}
