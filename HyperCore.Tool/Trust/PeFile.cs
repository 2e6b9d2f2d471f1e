using System;
using System.Buffers.Binary;
using System.IO;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using HyperCore.Core.Trust;

namespace HyperCore.Tool.Trust;

/// <summary>HyperCore.efi as a file: the section for the key, and the signature at its end.</summary>
internal sealed class PeFile
{
    private const string SectionName = ".trust";
    private const int ChecksumOffset = 64;

    // The fifth of the data directories, which begin 112 bytes behind the start of a PE32+ optional header (PE format, revision 11).
    private const int CertificateEntryOffset = 112 + (4 * 8);
    private const int CertificateAlignment = 8;

    private readonly int _optionalHeader;
    private readonly int _section;
    private byte[] _bytes;

    private PeFile(byte[] bytes, int optionalHeader, int section)
    {
        _bytes = bytes;
        _optionalHeader = optionalHeader;
        _section = section;
    }

    /// <summary>The file now.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>There is a signature of Secure Boot's kind.</summary>
    public bool IsSigned => CertificateSize > 0;

    /// <summary>The section for the key.</summary>
    public Span<byte> Anchor => _bytes.AsSpan(_section, TrustAnchor.SectionBytes);

    private int CertificateAt => ReadInt32(_optionalHeader + CertificateEntryOffset);

    private int CertificateSize => ReadInt32(_optionalHeader + CertificateEntryOffset + 4);

    /// <summary>Reads an image.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not a HyperCore.efi that has a section for a key.</exception>
    public static PeFile Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Takes an image that was read.</summary>
    /// <param name="bytes">The image.</param>
    /// <param name="path">What it is called.</param>
    /// <exception cref="InvalidDataException">It is not a HyperCore.efi that has a section for a key.</exception>
    public static PeFile Parse(byte[] bytes, string path)
    {
        try
        {
            var headers = new PEHeaders(new MemoryStream(bytes, writable: false));
            int optionalHeader = headers.PEHeaderStartOffset;
            foreach (SectionHeader section in headers.SectionHeaders)
            {
                if (section.Name == SectionName
                    && section.SizeOfRawData >= TrustAnchor.SectionBytes
                    && section.PointerToRawData > 0
                    && section.PointerToRawData <= bytes.Length - section.SizeOfRawData
                    && headers.PEHeader?.Magic == PEMagic.PE32Plus)
                {
                    return new PeFile(bytes, optionalHeader, section.PointerToRawData);
                }
            }
        }
        catch (BadImageFormatException exception)
        {
            throw new InvalidDataException($"{path}: not a PE file: {exception.Message}", exception);
        }

        throw new InvalidDataException($"{path}: has no section {SectionName} for a key: it is not a HyperCore.efi, or an old one");
    }

    /// <summary>The key inside.</summary>
    /// <param name="key">Null when there is none.</param>
    /// <returns>False when the section is damaged.</returns>
    public bool TryReadKey(out RsaPublicKey? key) => TrustAnchor.TryRead(Anchor, out key);

    /// <summary>Takes the signature of Secure Boot's kind away; whatever was changed, it would not fit any more.</summary>
    /// <exception cref="InvalidDataException">Something else lies behind it.</exception>
    public void RemoveSignature()
    {
        int at = CertificateAt;
        int size = CertificateSize;
        if (size == 0)
        {
            return;
        }

        if (at <= 0 || size < 0 || at + (long)size != _bytes.Length)
        {
            throw new InvalidDataException("the image's signature is not at its end, where sbsign puts it");
        }

        _bytes = _bytes.AsSpan(0, at).ToArray();
        _bytes.AsSpan(_optionalHeader + CertificateEntryOffset, 8).Clear();
    }

    /// <summary>The hash that Secure Boot signs and that the firmware measures into PCR 4 (Windows Authenticode Portable Executable Signature Format, 2008).</summary>
    public byte[] AuthenticodeHash()
    {
        int end = IsSigned ? CertificateAt : _bytes.Length;
        int checksum = _optionalHeader + ChecksumOffset;
        int certificate = _optionalHeader + CertificateEntryOffset;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_bytes, 0, checksum);
        hash.AppendData(_bytes.AsSpan(checksum + 4, certificate - checksum - 4));
        hash.AppendData(_bytes.AsSpan(certificate + 8, end - certificate - 8));
        int padding = (CertificateAlignment - (end % CertificateAlignment)) % CertificateAlignment;
        hash.AppendData(new byte[padding]);
        return hash.GetHashAndReset();
    }

    private int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(offset));
}
