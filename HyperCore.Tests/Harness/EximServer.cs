using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>Exim as a server for outgoing mail: by SMTP over TLS (RFC 8314) from one who authenticates, on a loopback port. Every mail ends in one folder.</summary>
internal sealed class EximServer : MailServer
{
    private const string User = "Debian-exim";

    /// <summary>Starts it.</summary>
    /// <param name="authority">Whose certificate it shows.</param>
    /// <param name="user">Who may send.</param>
    /// <param name="password">The password.</param>
    public EximServer(TestAuthority authority, string user, string password)
        : base(authority)
    {
        File.WriteAllText(Path.Combine(Folder, "exim.conf"), $$$"""
            SENDER = {{{user}}}
            SECRET = {{{password}}}
            primary_hostname = mail.example.org
            spool_directory = {{{Folder}}}/spool
            log_file_path = {{{Folder}}}/log/%slog
            pid_file_path = {{{Folder}}}/spool/pid
            daemon_smtp_ports = {{{Port}}}
            local_interfaces = 127.0.0.1
            tls_on_connect_ports = {{{Port}}}
            tls_advertise_hosts = *
            tls_certificate = {{{Folder}}}/cert.pem
            tls_privatekey = {{{Folder}}}/key.pem
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
              directory = {{{Folder}}}/mail
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
        Directory.CreateDirectory(Path.Combine(Folder, "spool"));
        Directory.CreateDirectory(Path.Combine(Folder, "log"));
        HostCommand.Run("chown", "-R", $"{User}:{User}", Folder);

        // Exim refuses a configuration that others than root could have written.
        HostCommand.Run("chown", "root:root", Path.Combine(Folder, "exim.conf"));
        Start("exim4", "-bdf", "-C", Path.Combine(Folder, "exim.conf"));
    }

    /// <inheritdoc/>
    protected override string LogPath => Path.Combine(Folder, "log", "mainlog");

    /// <summary>The mails that were delivered, with headers.</summary>
    public string[] Mails() => Mails(Path.Combine(Folder, "mail", "new"));
}
