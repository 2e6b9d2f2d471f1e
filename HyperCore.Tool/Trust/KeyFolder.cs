using System;
using System.Buffers.Binary;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HyperCore.Tool.Trust;

/// <summary>A folder with the keys of one owner: that of the manifest, and the three of Secure Boot.</summary>
internal sealed class KeyFolder(string folder)
{
    private const int ManifestBits = 3072;

    // What all firmware takes.
    private const int SecureBootBits = 2048;
    private const int YearsValid = 20;
    private const int ListHeaderBytes = 28;

    // UEFI 2.10, 32.4.1.
    private static readonly Guid s_x509 = new("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");

    /// <summary>The private key of the manifest, PEM.</summary>
    public string ManifestKey => Path.Combine(folder, "manifest.key");

    /// <summary>Its public half, PEM.</summary>
    public string ManifestPublicKey => Path.Combine(folder, "manifest.pub");

    /// <summary>The private key that the image is signed with, PEM.</summary>
    public string ImageKey => Path.Combine(folder, "db.key");

    /// <summary>Its certificate, PEM.</summary>
    public string ImageCertificate => Path.Combine(folder, "db.crt");

    /// <summary>Makes all keys.</summary>
    /// <exception cref="IOException">There are keys already.</exception>
    public void Create()
    {
        Directory.CreateDirectory(folder);
        if (Directory.GetFiles(folder).Length > 0)
        {
            throw new IOException($"{folder} is not empty; keys are never written over");
        }

        using (var manifest = RSA.Create(ManifestBits))
        {
            WriteSecret(ManifestKey, manifest.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(ManifestPublicKey, manifest.ExportSubjectPublicKeyInfoPem() + "\n");
        }

        var owner = Guid.NewGuid();
        File.WriteAllText(Path.Combine(folder, "owner.guid"), owner + "\n");
        CreateCertificate("PK", "HyperCore platform key", owner);
        CreateCertificate("KEK", "HyperCore key exchange key", owner);
        CreateCertificate("db", "HyperCore image key", owner);
    }

    /// <summary>The private key of the manifest.</summary>
    public RSA ReadManifestKey()
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(ManifestKey));
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"{ManifestKey}: not a private RSA key in PEM: {exception.Message}", exception);
        }
    }

    /// <summary>An EFI_SIGNATURE_LIST with one certificate, as firmware and its tools take it.</summary>
    public static byte[] SignatureList(byte[] certificate, Guid owner)
    {
        byte[] list = new byte[ListHeaderBytes + 16 + certificate.Length];
        s_x509.TryWriteBytes(list);
        BinaryPrimitives.WriteInt32LittleEndian(list.AsSpan(16), list.Length);
        BinaryPrimitives.WriteInt32LittleEndian(list.AsSpan(24), 16 + certificate.Length);
        owner.TryWriteBytes(list.AsSpan(ListHeaderBytes));
        certificate.CopyTo(list.AsSpan(ListHeaderBytes + 16));
        return list;
    }

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text + "\n");
    }

    private void CreateCertificate(string name, string subject, Guid owner)
    {
        using var key = RSA.Create(SecureBootBits);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(name != "db", false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(YearsValid));
        WriteSecret(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate.ExportCertificatePem() + "\n");
        File.WriteAllBytes(Path.Combine(folder, name + ".cer"), certificate.RawData);
        File.WriteAllBytes(Path.Combine(folder, name + ".esl"), SignatureList(certificate.RawData, owner));
    }
}
