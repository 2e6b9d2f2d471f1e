using System.Text;

namespace HyperCore.StartScreen.Settings;

/// <summary>The settings as text: UTF-8, lines of <c>key = value</c>; <c>#</c> starts a comment line. Lines that mean nothing are passed over.</summary>
internal static class SettingsText
{
    /// <summary>The longest value that is taken, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>Writes settings.</summary>
    public static string Format(ApplianceSettings settings)
    {
        var text = new StringBuilder("# Settings of the appliance; its start screen writes them.\n");
        Line(text, "keyboard", settings.Keyboard);
        Line(text, "time-zone", settings.TimeZone);
        Line(text, "home-page", settings.HomePage);
        Line(text, "name", settings.Name);
        Line(text, "address", settings.Address);
        Line(text, "imap", settings.Imap);
        Line(text, "smtp", settings.Smtp);
        Line(text, "user", settings.User);
        Line(text, "password", settings.Password);
        return text.ToString();
    }

    /// <summary>Reads settings; what is missing has its default.</summary>
    public static ApplianceSettings Parse(string text)
    {
        var settings = new ApplianceSettings();
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=');
            if (equals > 0 && !line.StartsWith('#'))
            {
                settings = With(settings, line[..equals].Trim(), Clean(line[(equals + 1)..]));
            }
        }

        return settings;
    }

    /// <summary>A value without what cannot be in a line.</summary>
    public static string Clean(string value)
    {
        var clean = new StringBuilder();
        foreach (char character in value.Trim())
        {
            if (!char.IsControl(character) && clean.Length < MaxLength)
            {
                clean.Append(character);
            }
        }

        return clean.ToString();
    }

    private static void Line(StringBuilder text, string key, string value)
    {
        if (value.Length > 0)
        {
            text.Append(key).Append(" = ").Append(Clean(value)).Append('\n');
        }
    }

    private static ApplianceSettings With(ApplianceSettings settings, string key, string value) => key switch
    {
        // These two become names of files.
        "keyboard" when IsName(value) => settings with { Keyboard = value },
        "time-zone" when IsName(value) => settings with { TimeZone = value },
        "home-page" => settings with { HomePage = value },
        "name" => settings with { Name = value },
        "address" => settings with { Address = value },
        "imap" => settings with { Imap = value },
        "smtp" => settings with { Smtp = value },
        "user" => settings with { User = value },
        "password" => settings with { Password = value },
        _ => settings,
    };

    private static bool IsName(string value)
    {
        foreach (char character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('/' or '-' or '_' or '+'))
            {
                return false;
            }
        }

        return value.Length > 0 && value[0] != '/';
    }
}
