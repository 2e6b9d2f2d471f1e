using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HyperCore.Tests.Harness;

/// <summary>A certificate authority that nobody trusts but whom a test tells to, and a certificate of it for the host as QEMU's guests see it.</summary>
internal sealed class TestAuthority : IDisposable
{
    /// <summary>The host's loopback addresses, seen from a guest on QEMU's user network.</summary>
    public const string Host = "10.0.2.2";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _root;

    /// <summary>Makes keys and certificates.</summary>
    public TestAuthority()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=HyperCore test authority", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(30));

        using var key = RSA.Create(2048);
        var server = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(Host));
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using X509Certificate2 certificate = server.Create(_root, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 both = certificate.CopyWithPrivateKey(key);
        Certificate = X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null);
        CertificatePem = certificate.ExportCertificatePem() + "\n";
        KeyPem = key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>The server's certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The server's certificate.</summary>
    public string CertificatePem { get; }

    /// <summary>The server's key.</summary>
    public string KeyPem { get; }

    /// <summary>The authority's certificate.</summary>
    public string RootPem => _root.ExportCertificatePem() + "\n";

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        _root.Dispose();
        _key.Dispose();
    }
}
