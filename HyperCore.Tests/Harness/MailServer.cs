using System;
using System.Diagnostics;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>A mail server of the host: a program in the foreground with a folder of its own, a certificate in it, and a loopback port.</summary>
internal abstract class MailServer : IDisposable
{
    private Process? _process;

    /// <summary>Makes the folder, and puts the certificate there: cert.pem and key.pem.</summary>
    /// <param name="authority">Whose certificate it shows.</param>
    protected MailServer(TestAuthority authority)
    {
        File.WriteAllText(Path.Combine(Folder, "cert.pem"), authority.CertificatePem);
        File.WriteAllText(Path.Combine(Folder, "key.pem"), authority.KeyPem);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    /// <summary>Its folder.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("hypercore-").FullName;

    /// <summary>Where it logs.</summary>
    protected abstract string LogPath { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process != null)
        {
            HostCommand.Run("kill", _process.Id.ToString());
            if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts the program.</summary>
    protected void Start(string program, params string[] arguments) => _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;

    /// <summary>The mails in a folder of a maildir, with headers.</summary>
    protected static string[] Mails(string folder) => Directory.Exists(folder) ? Array.ConvertAll(Directory.GetFiles(folder), File.ReadAllText) : [];
}
