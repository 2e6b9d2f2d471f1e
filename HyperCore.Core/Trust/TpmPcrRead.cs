using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Trust;

/// <summary>The TPM command TPM2_PCR_Read for one register of the SHA-256 bank (TPM 2.0 library, part 3, 22.4).</summary>
public static class TpmPcrRead
{
    /// <summary>Bytes of the command.</summary>
    public const int CommandBytes = 20;

    /// <summary>Bytes of the longest answer.</summary>
    public const int ResponseBytes = DigestOffset + Sha256.HashBytes;

    // TPM 2.0 library, part 2, 6.3, 6.5.2 and 6.9.
    private const ushort AlgorithmSha256 = 0x000B;
    private const uint CommandPcrRead = 0x0000_017E;
    private const ushort NoSessions = 0x8001;
    private const byte SelectBytes = 3;

    private const int DigestOffset = 10 + 4 + 10 + 4 + 2;

    /// <summary>Writes the command.</summary>
    /// <param name="command">Gets <see cref="CommandBytes"/> bytes.</param>
    /// <param name="pcr">The register, 0 to 23.</param>
    public static void WriteCommand(Span<byte> command, int pcr)
    {
        command.Slice(0, CommandBytes).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(command, NoSessions);
        BinaryPrimitives.WriteUInt32BigEndian(command.Slice(2), CommandBytes);
        BinaryPrimitives.WriteUInt32BigEndian(command.Slice(6), CommandPcrRead);
        BinaryPrimitives.WriteUInt32BigEndian(command.Slice(10), 1);
        BinaryPrimitives.WriteUInt16BigEndian(command.Slice(14), AlgorithmSha256);
        command[16] = SelectBytes;
        command[17 + (pcr / 8)] = (byte)(1 << (pcr % 8));
    }

    /// <summary>Reads the answer.</summary>
    /// <param name="response">What the TPM said; there may be more room than answer.</param>
    /// <param name="value">Gets the 32 bytes of the register.</param>
    /// <returns>False when the TPM reports an error, or has no SHA-256 bank and so no value.</returns>
    public static bool TryReadResponse(ReadOnlySpan<byte> response, Span<byte> value)
    {
        if (response.Length < ResponseBytes
            || BinaryPrimitives.ReadUInt16BigEndian(response) != NoSessions
            || BinaryPrimitives.ReadUInt32BigEndian(response.Slice(2)) != ResponseBytes
            || BinaryPrimitives.ReadUInt32BigEndian(response.Slice(6)) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(response.Slice(14)) != 1
            || BinaryPrimitives.ReadUInt16BigEndian(response.Slice(18)) != AlgorithmSha256
            || response[20] != SelectBytes
            || BinaryPrimitives.ReadUInt32BigEndian(response.Slice(24)) != 1
            || BinaryPrimitives.ReadUInt16BigEndian(response.Slice(28)) != Sha256.HashBytes)
        {
            return false;
        }

        response.Slice(DigestOffset, Sha256.HashBytes).CopyTo(value);
        return true;
    }
}
