using System;

namespace HyperCore.Core.Trust;

/// <summary>
/// What a platform configuration register of a TPM holds after measurements (TPM 2.0 library, part 1, 17.4): 32 zero bytes at power-on, and then,
/// for each, the SHA-256 of the old value and the hash of what is measured.
/// </summary>
public sealed class PcrPrediction
{
    /// <summary>The register for manifest and configuration, and with it all command lines.</summary>
    public const int ConfigurationPcr = 8;

    /// <summary>The register for the files that VMs are started from.</summary>
    public const int FilePcr = 9;

    private readonly byte[] _value = new byte[Sha256.HashBytes];
    private readonly Sha256 _sha = new();

    /// <summary>The value now.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Measures a file.</summary>
    public void Measure(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Sha256.HashBytes];
        _sha.Append(content);
        _sha.Finish(hash);
        _sha.Append(_value);
        _sha.Append(hash);
        _sha.Finish(_value);
    }
}
