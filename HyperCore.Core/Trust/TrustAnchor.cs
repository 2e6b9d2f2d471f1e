using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Trust;

/// <summary>
/// The public key inside HyperCore.efi: a section of its own, which is empty when the image is built and which <c>hypercore image sign</c> fills in
/// before the image itself is signed for Secure Boot, so that the firmware's check covers the key.
/// </summary>
/// <remarks>8 bytes of magic; bytes of the modulus (UInt32, little-endian; 0: no key); UInt32 0; the modulus, big-endian; zeros to the end.</remarks>
public static class TrustAnchor
{
    /// <summary>The section's name as it is in the PE header: <c>.trust</c>.</summary>
    public const ulong SectionName = 0x0000_7473_7572_742E;

    /// <summary>Bytes of the section.</summary>
    public const int SectionBytes = HeaderBytes + RsaPublicKey.MaxBytes;

    private const int HeaderBytes = 16;
    private const int LengthOffset = 8;
    private const int ReservedOffset = 12;

    private static ReadOnlySpan<byte> Magic => "HCTRUST1"u8;

    /// <summary>Reads the section.</summary>
    /// <param name="section">Its bytes; there may be more than <see cref="SectionBytes"/>.</param>
    /// <param name="key">The key; null when there is none.</param>
    /// <returns>False when the section is not as it should be, which must not be taken for "no key".</returns>
    public static bool TryRead(ReadOnlySpan<byte> section, out RsaPublicKey? key)
    {
        key = null;
        if (section.Length < SectionBytes || !section.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(section.Slice(ReservedOffset)) != 0)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(section.Slice(LengthOffset));
        if (length > RsaPublicKey.MaxBytes || section.Slice(HeaderBytes + (int)length, RsaPublicKey.MaxBytes - (int)length).IndexOfAnyExcept((byte)0) >= 0)
        {
            return false;
        }

        if (length == 0)
        {
            return true;
        }

        key = RsaPublicKey.Create(section.Slice(HeaderBytes, (int)length));
        return key != null;
    }

    /// <summary>Fills the section in.</summary>
    /// <param name="section">Its bytes.</param>
    /// <param name="modulus">The key's modulus, big-endian; empty for no key.</param>
    public static void Write(Span<byte> section, ReadOnlySpan<byte> modulus)
    {
        section.Clear();
        Magic.CopyTo(section);
        BinaryPrimitives.WriteUInt32LittleEndian(section.Slice(LengthOffset), (uint)modulus.Length);
        modulus.CopyTo(section.Slice(HeaderBytes));
    }
}
