using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Trust;

/// <summary>Decides which files an image takes: those of the manifest that the image's own key has signed.</summary>
public sealed class ManifestVerifier
{
    /// <summary>Why any file is refused when the section for the key is damaged.</summary>
    public const string DamagedAnchor = "the section .trust of HyperCore.efi is damaged";

    private readonly Manifest? _manifest;
    private readonly Sha256 _sha = new();

    private ManifestVerifier(TrustState state, Manifest? manifest, string? problem)
    {
        State = state;
        _manifest = manifest;
        Problem = problem;
    }

    /// <summary>How files are trusted.</summary>
    public TrustState State { get; }

    /// <summary>Why no file is taken; begins with a path. Null unless <see cref="State"/> is <see cref="TrustState.Refused"/>.</summary>
    public string? Problem { get; }

    /// <summary>Number of files in the manifest.</summary>
    public int FileCount => _manifest?.Count ?? 0;

    /// <summary>An image without a key: takes everything.</summary>
    public static ManifestVerifier WithoutKey() => new(TrustState.NotVerified, null, null);

    /// <summary>No file can be trusted.</summary>
    /// <param name="problem">Why not.</param>
    public static ManifestVerifier Refusing(string problem) => new(TrustState.Refused, null, problem);

    /// <summary>An image with a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="manifest">The file with the manifest.</param>
    /// <param name="signature">The file with its signature.</param>
    public static ManifestVerifier Create(RsaPublicKey key, ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> signature)
    {
        // Signed first, read afterwards: what others wrote does not get as far as the parser. The parser's copy is made before the check, so that
        // both see the same bytes.
        if (manifest.Length > Manifest.MaxBytes)
        {
            return Refusing(string.Concat(BootPath.Manifest, ": is longer than 64 KiB"));
        }

        byte[] text = manifest.ToArray();
        Span<byte> hash = stackalloc byte[Sha256.HashBytes];
        Sha256.Hash(text, hash);
        if (!key.Verify(hash, signature))
        {
            return Refusing(string.Concat(BootPath.Manifest, ": changed: ", BootPath.Signature, " is not its signature by the key of this image"));
        }

        Manifest? parsed = Manifest.Parse(text, out int badLine);
        if (parsed != null)
        {
            return new ManifestVerifier(TrustState.Verified, parsed, null);
        }

        Span<char> buffer = stackalloc char[100];
        return Refusing(new string(TextBuilder.Format(buffer, $"{BootPath.Manifest}: line {badLine} is not as it should be")));
    }

    /// <summary>Decides about a file.</summary>
    /// <param name="path">Its path, in the spelling of whoever asked for it.</param>
    /// <param name="content">Its bytes, from the memory that they will be used from.</param>
    /// <returns>Null when it is taken; else a sentence that begins with the path.</returns>
    public string? WhyRefused(string path, ReadOnlySpan<byte> content)
    {
        if (State == TrustState.NotVerified)
        {
            return null;
        }

        if (_manifest == null)
        {
            return string.Concat(path, ": refused, as no file can be trusted: ", Problem);
        }

        if (!_manifest.TryFind(path, out ManifestEntry entry))
        {
            return string.Concat(path, ": refused: it is not in the signed manifest");
        }

        return entry.Size == (ulong)content.Length && HasHash(content, entry.Hash)
            ? null
            : string.Concat(path, ": changed: its SHA-256 is not the one in the signed manifest");
    }

    private bool HasHash(ReadOnlySpan<byte> content, ReadOnlySpan<byte> digits)
    {
        Span<byte> hash = stackalloc byte[Sha256.HashBytes];
        Span<byte> written = stackalloc byte[2 * Sha256.HashBytes];
        _sha.Append(content);
        _sha.Finish(hash);
        HexText.Write(hash, written);
        return digits.SequenceEqual(written);
    }
}
