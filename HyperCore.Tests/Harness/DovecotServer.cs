using System;
using System.Diagnostics;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>Dovecot with one mailbox, by IMAP over TLS on a loopback port. Any user name is right with the password.</summary>
internal sealed class DovecotServer : IDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="authority">Whose certificate it shows.</param>
    /// <param name="password">The password.</param>
    /// <param name="mails">The mails in the inbox, with headers.</param>
    public DovecotServer(TestAuthority authority, string password, params string[] mails)
    {
        _folder = Directory.CreateTempSubdirectory("hypercore-").FullName;
        Port = FreePort.Find();
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), authority.CertificatePem);
        File.WriteAllText(Path.Combine(_folder, "key.pem"), authority.KeyPem);
        File.WriteAllText(Path.Combine(_folder, "dovecot.conf"), $$"""
            base_dir = {{_folder}}/run
            state_dir = {{_folder}}/state
            log_path = {{_folder}}/log
            protocols = imap
            ssl = required
            ssl_cert = <{{_folder}}/cert.pem
            ssl_key = <{{_folder}}/key.pem
            passdb {
              driver = static
              args = password={{password}}
            }
            userdb {
              driver = static
              args = uid=mail gid=mail home={{_folder}}/home
            }
            first_valid_uid = 1
            mail_location = maildir:{{_folder}}/mail
            namespace inbox {
              inbox = yes
              mailbox Sent {
                auto = create
              }
            }
            service imap-login {
              inet_listener imap {
                port = 0
              }
              inet_listener imaps {
                address = 127.0.0.1
                port = {{Port}}
                ssl = yes
              }
            }

            """);
        foreach (string part in new[] { "cur", "new", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, "mail", part));
        }

        for (int i = 0; i < mails.Length; i++)
        {
            File.WriteAllText(Path.Combine(_folder, "mail", "new", $"{i + 1}.test"), mails[i]);
        }

        HostCommand.Run("chmod", "755", _folder);
        HostCommand.Run("chown", "-R", "mail:mail", Path.Combine(_folder, "mail"));
        _process = Process.Start(new ProcessStartInfo("dovecot", ["-F", "-c", Path.Combine(_folder, "dovecot.conf")]) { RedirectStandardInput = true })!;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    /// <summary>The mails that a program put into a folder, with headers.</summary>
    public string[] Mails(string folder)
    {
        string path = Path.Combine(_folder, "mail", "." + folder, "cur");
        return Directory.Exists(path) ? Array.ConvertAll(Directory.GetFiles(path), File.ReadAllText) : [];
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
