using System;
using HyperCore.Core.Config;
using HyperCore.Core.Trust;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>The machine's TPM, by way of the firmware. Not after ExitBootServices.</summary>
internal sealed unsafe class Tpm
{
    private const int MaxPathBytes = 3 * 256;

    private readonly EFI_TCG2_PROTOCOL* _protocol;

    private Tpm(EFI_TCG2_PROTOCOL* protocol) => _protocol = protocol;

    /// <summary>Looks for a TPM 2.0.</summary>
    /// <returns>Null without one.</returns>
    public static Tpm? Find(EFI_BOOT_SERVICES* services)
    {
        EFI_GUID guid = EFI_GUID.EFI_TCG2_PROTOCOL_GUID;
        EFI_TCG2_PROTOCOL* protocol = null;
        if (services->LocateProtocol(&guid, null, (void**)&protocol) != EFI_STATUS.EFI_SUCCESS || protocol == null)
        {
            return null;
        }

        EFI_TCG2_BOOT_SERVICE_CAPABILITY capability = default;
        capability.Size = (byte)sizeof(EFI_TCG2_BOOT_SERVICE_CAPABILITY);
        return protocol->GetCapability(protocol, &capability) == EFI_STATUS.EFI_SUCCESS && capability.TPMPresentFlag != 0 ? new Tpm(protocol) : null;
    }

    /// <summary>Extends a register with the hash of a file, and writes the path into the event log, in UTF-8 and ended by a zero.</summary>
    /// <returns>False when the firmware could not.</returns>
    public bool TryMeasure(int pcr, string path, ReadOnlySpan<byte> content)
    {
        byte* buffer = stackalloc byte[sizeof(EFI_TCG2_EVENT) + MaxPathBytes + 1];
        var text = new Span<byte>(buffer + sizeof(EFI_TCG2_EVENT), MaxPathBytes + 1);
        int length = path.Length < 256 ? Utf8Text.Encode(path, text) : 0;
        text[length++] = 0;
        var header = (EFI_TCG2_EVENT*)buffer;
        header->Size = (uint)(sizeof(EFI_TCG2_EVENT) + length);
        header->HeaderSize = EFI_TCG2_EVENT.HeaderBytes;
        header->HeaderVersion = EFI_TCG2_EVENT.EFI_TCG2_EVENT_HEADER_VERSION;
        header->PCRIndex = (uint)pcr;
        header->EventType = EFI_TCG2_EVENT.EV_IPL;
        fixed (byte* first = content)
        {
            // An empty file has no address, and firmware may insist on one.
            return _protocol->HashLogExtendEvent(_protocol, 0, content.Length == 0 ? (ulong)buffer : (ulong)first, (ulong)content.Length, header) == EFI_STATUS.EFI_SUCCESS;
        }
    }

    /// <summary>Reads a register of the SHA-256 bank.</summary>
    /// <param name="pcr">The register.</param>
    /// <param name="value">Gets 32 bytes.</param>
    /// <returns>False when the TPM has no such bank, or the firmware does not pass commands on.</returns>
    public bool TryRead(int pcr, Span<byte> value)
    {
        const int ResponseRoom = 256;
        byte* command = stackalloc byte[TpmPcrRead.CommandBytes];
        byte* response = stackalloc byte[ResponseRoom];
        TpmPcrRead.WriteCommand(new Span<byte>(command, TpmPcrRead.CommandBytes), pcr);
        new Span<byte>(response, ResponseRoom).Clear();
        return _protocol->SubmitCommand(_protocol, TpmPcrRead.CommandBytes, command, ResponseRoom, response) == EFI_STATUS.EFI_SUCCESS
            && TpmPcrRead.TryReadResponse(new ReadOnlySpan<byte>(response, ResponseRoom), value);
    }
}
