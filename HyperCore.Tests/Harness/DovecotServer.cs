using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>Dovecot with one mailbox, by IMAP over TLS on a loopback port. Any user name is right with the password.</summary>
internal sealed class DovecotServer : MailServer
{

    /// <summary>Starts it.</summary>
    /// <param name="authority">Whose certificate it shows.</param>
    /// <param name="password">The password.</param>
    /// <param name="mails">The mails in the inbox, with headers.</param>
    public DovecotServer(TestAuthority authority, string password, params string[] mails)
        : base(authority)
    {
        File.WriteAllText(Path.Combine(Folder, "dovecot.conf"), $$"""
            base_dir = {{Folder}}/run
            state_dir = {{Folder}}/state
            log_path = {{Folder}}/log
            protocols = imap
            ssl = required
            ssl_cert = <{{Folder}}/cert.pem
            ssl_key = <{{Folder}}/key.pem
            passdb {
              driver = static
              args = password={{password}}
            }
            userdb {
              driver = static
              args = uid=mail gid=mail home={{Folder}}/home
            }
            first_valid_uid = 1
            mail_location = maildir:{{Folder}}/mail
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
            Directory.CreateDirectory(Path.Combine(Folder, "mail", part));
        }

        for (int i = 0; i < mails.Length; i++)
        {
            File.WriteAllText(Path.Combine(Folder, "mail", "new", $"{i + 1}.test"), mails[i]);
        }

        HostCommand.Run("chmod", "755", Folder);
        HostCommand.Run("chown", "-R", "mail:mail", Path.Combine(Folder, "mail"));
        Start("dovecot", "-F", "-c", Path.Combine(Folder, "dovecot.conf"));
    }

    /// <inheritdoc/>
    protected override string LogPath => Path.Combine(Folder, "log");

    /// <summary>The mails that a program put into a folder, with headers.</summary>
    public string[] MailsIn(string folder) => Mails(Path.Combine(Folder, "mail", "." + folder, "cur"));
}
