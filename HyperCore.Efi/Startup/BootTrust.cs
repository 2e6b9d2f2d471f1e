using System;
using HyperCore.Core.Boot;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Image;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Core.Trust;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// Stands between the partition and whoever uses a file: a file that the signed manifest does not vouch for is refused, one that is taken is measured
/// into the TPM first. Both look at the memory that the file is then used from.
/// </summary>
public sealed unsafe class BootTrust
{
    private readonly ManifestVerifier _verifier;
    private readonly Tpm? _tpm;
    private readonly bool _hasSecureBoot;
    private bool _missedMeasurement;
    private string? _configurationPcr;
    private string? _filePcr;

    private BootTrust(ManifestVerifier verifier, Tpm? tpm, bool hasSecureBoot)
    {
        _verifier = verifier;
        _tpm = tpm;
        _hasSecureBoot = hasSecureBoot;
    }

    /// <summary>Finds the key in the image, and the manifest that it signed.</summary>
    /// <param name="table">The firmware.</param>
    /// <param name="image">The running image.</param>
    /// <param name="files">Where the manifest comes from; nothing else has been loaded from there.</param>
    internal static BootTrust Create(EFI_SYSTEM_TABLE* table, PeImage image, FileLoader files)
    {
        var tpm = Tpm.Find(table->BootServices);
        bool hasSecureBoot = HasSecureBoot(table->RuntimeServices);
        if (!TrustAnchor.TryRead(AnchorOf(image), out RsaPublicKey? key))
        {
            return new BootTrust(ManifestVerifier.Refusing(ManifestVerifier.DamagedAnchor), tpm, hasSecureBoot);
        }

        if (key == null)
        {
            return new BootTrust(ManifestVerifier.WithoutKey(), tpm, hasSecureBoot);
        }

        LoadedFile manifest = files.LoadForTrust(BootPath.Manifest);
        LoadedFile signature = files.LoadForTrust(BootPath.Signature);
        string? missing = manifest.Error ?? signature.Error;
        var trust = new BootTrust(
            missing != null ? ManifestVerifier.Refusing(missing) : ManifestVerifier.Create(key, manifest.Bytes, signature.Bytes), tpm, hasSecureBoot);
        if (manifest.Error == null)
        {
            trust.Measure(PcrPrediction.ConfigurationPcr, manifest.Path, manifest.Bytes);
        }

        files.Free(manifest);
        files.Free(signature);
        return trust;
    }

    /// <summary>Decides about a file that has just been loaded, and measures it when it is taken.</summary>
    /// <returns>Null when it is taken; else a sentence that begins with its path.</returns>
    public string? WhyRefused(LoadedFile file)
    {
        string? reason = _verifier.WhyRefused(file.Path, file.Bytes);
        if (reason == null)
        {
            bool isConfiguration = FilePath.IsSame(file.Path, BootPath.Configuration);
            Measure(isConfiguration ? PcrPrediction.ConfigurationPcr : PcrPrediction.FilePcr, file.Path, file.Bytes);
        }

        return reason;
    }

    /// <summary>Reads the TPM's registers, once all files are loaded.</summary>
    public void ReadRegisters()
    {
        _configurationPcr = Read(PcrPrediction.ConfigurationPcr);
        _filePcr = Read(PcrPrediction.FilePcr);
    }

    /// <summary>Writes the lines that scripts rely on.</summary>
    public void WriteTo(Log log)
    {
        string secureBoot = _hasSecureBoot ? "on" : "off";
        switch (_verifier.State)
        {
            case TrustState.NotVerified:
                log.Write(LogLevel.Info, $"trust: not verified: this image carries no key");
                break;
            case TrustState.Refused:
                log.Write(LogLevel.Error, $"trust: refused: {_verifier.Problem}");
                break;
            default:
                log.Write(LogLevel.Info, $"trust: verified: files={_verifier.FileCount} secure-boot={secureBoot}");
                break;
        }

        if (_tpm == null)
        {
            return;
        }

        WriteRegister(log, PcrPrediction.ConfigurationPcr, _configurationPcr);
        WriteRegister(log, PcrPrediction.FilePcr, _filePcr);
        if (_missedMeasurement)
        {
            log.Write(LogLevel.Warning, $"tpm: the firmware could not measure every file");
        }
    }

    /// <summary>Tells the menu.</summary>
    public void Describe(MachineFacts facts)
    {
        switch (_verifier.State)
        {
            case TrustState.NotVerified:
                facts.Add("Trust", "files not verified: no key in the image");
                break;
            case TrustState.Refused:
                facts.Add("Trust", string.Concat("no file taken: ", _verifier.Problem), FactLevel.Bad);
                break;
            default:
                facts.Add("Trust", _hasSecureBoot ? "signed manifest, Secure Boot" : "signed manifest, Secure Boot is off", _hasSecureBoot ? FactLevel.Good : FactLevel.Careful);
                break;
        }

        if (_tpm != null)
        {
            facts.Add("TPM PCR 8", _configurationPcr ?? "no SHA-256 bank");
            facts.Add("TPM PCR 9", _filePcr ?? "no SHA-256 bank");
        }
    }

    private static void WriteRegister(Log log, int pcr, string? value) =>
        log.Write(value != null ? LogLevel.Info : LogLevel.Warning, $"tpm: pcr={pcr} sha256={value ?? "unknown"}");

    // The image as the firmware loaded it, relocated; the section has no addresses in it.
    private static ReadOnlySpan<byte> AnchorOf(PeImage image)
    {
        for (int i = 0; i < image.SectionCount; i++)
        {
            if (image.GetSection(i).Name == TrustAnchor.SectionName)
            {
                return image.GetContent(i);
            }
        }

        return default;
    }

    // UEFI 2.10, 3.3: 1 when the firmware takes signed images only.
    private static bool HasSecureBoot(EFI_RUNTIME_SERVICES* services)
    {
        EFI_GUID vendor = EFI_GUID.EFI_GLOBAL_VARIABLE;
        byte value = 0;
        nuint size = 1;
        fixed (char* name = "SecureBoot")
        {
            return services->GetVariable(name, &vendor, null, &size, &value) == EFI_STATUS.EFI_SUCCESS && value == 1;
        }
    }

    private void Measure(int pcr, string path, ReadOnlySpan<byte> content) => _missedMeasurement |= _tpm != null && !_tpm.TryMeasure(pcr, path, content);

    private string? Read(int pcr)
    {
        Span<byte> value = stackalloc byte[Sha256.HashBytes];
        return _tpm != null && _tpm.TryRead(pcr, value) ? HexText.Format(value) : null;
    }
}
