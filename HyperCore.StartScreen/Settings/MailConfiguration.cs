using System;
using System.Text;

namespace HyperCore.StartScreen.Settings;

/// <summary>The settings in mutt's words.</summary>
internal static class MailConfiguration
{
    /// <summary>The text of .muttrc.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="extra">A file with more of mutt's commands, read last; null without one.</param>
    public static string Create(ApplianceSettings settings, string? extra = null)
    {
        var text = new StringBuilder("# Written by the start screen.\n");
        if (settings.Name.Length > 0)
        {
            Set(text, "realname", settings.Name);
        }

        if (settings.Address.Length > 0)
        {
            Set(text, "from", settings.Address);
            Set(text, "envelope_from_address", settings.Address);
        }

        if (settings.HasMailAccount)
        {
            string url = Url(settings.Imap, "imap", 993);
            Set(text, "imap_user", settings.UserOrAddress);
            Set(text, "folder", url);
            Set(text, "spoolfile", "+INBOX");
            Set(text, "record", "+Sent");
            Set(text, "postponed", "+Drafts");
        }

        if (settings.Smtp.Length > 0)
        {
            string url = Url(settings.Smtp, "smtp", 465);
            int host = url.IndexOf("//", StringComparison.Ordinal) + 2;
            Set(text, "smtp_url", settings.UserOrAddress.Length > 0 ? $"{url[..host]}{Uri.EscapeDataString(settings.UserOrAddress)}@{url[host..]}" : url);
        }

        if (settings.Password.Length > 0)
        {
            Set(text, "imap_pass", settings.Password);
            Set(text, "smtp_pass", settings.Password);
        }

        if (extra != null)
        {
            text.Append("source ").Append(Quote(extra)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The URL of a server: TLS from the first byte, unless another port says that TLS is asked for later (STARTTLS), which mutt insists on.</summary>
    /// <param name="server">What was entered.</param>
    /// <param name="scheme">The protocol.</param>
    /// <param name="securePort">The port of TLS from the first byte.</param>
    public static string Url(string server, string scheme, int securePort)
    {
        server = server.TrimEnd('/');
        if (server.Contains("://", StringComparison.Ordinal))
        {
            return server + "/";
        }

        int colon = server.LastIndexOf(':');
        bool later = colon > 0 && server[(colon + 1)..] != securePort.ToString();
        return $"{scheme}{(later ? "" : "s")}://{server}/";
    }

    /// <summary>A word in single quotes, in which mutt expands nothing.</summary>
    public static string Quote(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static void Set(StringBuilder text, string name, string value) => text.Append("set ").Append(name).Append(" = ").Append(Quote(value)).Append('\n');
}
