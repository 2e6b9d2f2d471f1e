using System;
using System.Diagnostics;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>Exim as a server for outgoing mail: by SMTP over TLS (RFC 8314) from one who authenticates, on a loopback port. Every mail ends in one folder.</summary>
internal sealed class EximServer : IDisposable
{
    private const string User = "Debian-exim";
    private readonly string _folder;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="authority">Whose certificate it shows.</param>
    /// <param name="user">Who may send.</param>
    /// <param name="password">The password.</param>
    public EximServer(TestAuthority authority, string user, string password)
    {
        _folder = Directory.CreateTempSubdirectory("hypercore-").FullName;
        Port = FreePort.Find();
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), authority.CertificatePem);
        File.WriteAllText(Path.Combine(_folder, "key.pem"), authority.KeyPem);
        File.WriteAllText(Path.Combine(_folder, "exim.conf"), $$$"""
            SENDER = {{{user}}}
            SECRET = {{{password}}}
            primary_hostname = mail.example.org
            spool_directory = {{{_folder}}}/spool
            log_file_path = {{{_folder}}}/log/%slog
            pid_file_path = {{{_folder}}}/spool/pid
            daemon_smtp_ports = {{{Port}}}
            local_interfaces = 127.0.0.1
            tls_on_connect_ports = {{{Port}}}
            tls_advertise_hosts = *
            tls_certificate = {{{_folder}}}/cert.pem
            tls_privatekey = {{{_folder}}}/key.pem
            keep_environment =
            host_lookup =
            rfc1413_query_timeout = 0s
            log_selector = +tls_peerdn +tls_cipher
            acl_smtp_rcpt = check_recipient
            acl_smtp_data = accept_data

            begin acl
            check_recipient:
              accept authenticated = *
              deny message = authenticate first
            accept_data:
              accept

            begin routers
            everybody:
              driver = accept
              transport = folder

            begin transports
            folder:
              driver = appendfile
              directory = {{{_folder}}}/mail
              maildir_format
              user = {{{User}}}

            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = ${if and {{eq{$auth2}{SENDER}} {eq{$auth3}{SECRET}} } }
              server_set_id = $auth2

            """);
        Directory.CreateDirectory(Path.Combine(_folder, "spool"));
        Directory.CreateDirectory(Path.Combine(_folder, "log"));
        HostCommand.Run("chown", "-R", $"{User}:{User}", _folder);

        // Exim refuses a configuration that others than root could have written.
        HostCommand.Run("chown", "root:root", Path.Combine(_folder, "exim.conf"));
        _process = Process.Start(new ProcessStartInfo("exim4", ["-bdf", "-C", Path.Combine(_folder, "exim.conf")]) { RedirectStandardInput = true })!;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    private string LogPath => Path.Combine(_folder, "log", "mainlog");

    /// <summary>The mails that were delivered, with headers.</summary>
    public string[] Mails()
    {
        string folder = Path.Combine(_folder, "mail", "new");
        return Directory.Exists(folder) ? Array.ConvertAll(Directory.GetFiles(folder), File.ReadAllText) : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        HostCommand.Run("kill", _process.Id.ToString());
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
