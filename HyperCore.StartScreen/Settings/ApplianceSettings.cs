namespace HyperCore.StartScreen.Settings;

/// <summary>What can be set.</summary>
internal sealed record ApplianceSettings
{
    /// <summary>Name of the keyboard layout: a file of /usr/share/kmaps.</summary>
    public string Keyboard { get; init; } = "us";

    /// <summary>Name of the time zone: a file of /usr/share/zoneinfo.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>The page that the browser starts with; empty: its own.</summary>
    public string HomePage { get; init; } = "";

    /// <summary>The person's name, for mails.</summary>
    public string Name { get; init; } = "";

    /// <summary>The mail address.</summary>
    public string Address { get; init; } = "";

    /// <summary>The server that mails are read from: <c>host</c>, <c>host:port</c> or <c>imap[s]://host[:port]</c>.</summary>
    public string Imap { get; init; } = "";

    /// <summary>The server that mails are sent through: <c>host</c>, <c>host:port</c> or <c>smtp[s]://host[:port]</c>.</summary>
    public string Smtp { get; init; } = "";

    /// <summary>The account's name on both servers; empty: the mail address.</summary>
    public string User { get; init; } = "";

    /// <summary>The account's password; empty: asked for each time.</summary>
    public string Password { get; init; } = "";

    /// <summary>The account's name, or the address in its place.</summary>
    public string UserOrAddress => User.Length > 0 ? User : Address;

    /// <summary>There is enough to read mails.</summary>
    public bool HasMailAccount => Imap.Length > 0 && UserOrAddress.Length > 0;
}
