using System.Text;

namespace HyperCore.StartScreen.Settings;

/// <summary>The settings in NetSurf's words.</summary>
internal static class BrowserConfiguration
{
    /// <summary>The text of NetSurf's Choices.</summary>
    public static string Create(ApplianceSettings settings)
    {
        var text = new StringBuilder();
        text.Append("ca_bundle:/etc/ssl/certs/ca-certificates.crt\n");
        text.Append("enable_javascript:1\n");
        text.Append("fb_font_monochrome:0\n");
        text.Append("font_size:140\n");
        text.Append("font_min_size:100\n");
        text.Append("memory_cache_size:33554432\n");
        text.Append("disc_cache_size:0\n");
        text.Append("do_not_track:1\n");
        text.Append("fb_furniture_size:22\n");
        text.Append("fb_toolbar_size:32\n");
        if (settings.HomePage.Length > 0)
        {
            text.Append("homepage_url:").Append(HomePage(settings)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The page to start with.</summary>
    public static string HomePage(ApplianceSettings settings) => settings.HomePage switch
    {
        "" => "about:welcome",
        { } page when page.Contains(':') => page,
        { } page => "https://" + page,
    };
}
