namespace HyperCore.Core.Trust;

/// <summary>Paths on the partition HyperCore was started from.</summary>
public static class BootPath
{
    /// <summary>The configuration.</summary>
    public const string Configuration = "\\EFI\\HyperCore\\hypercore.conf";

    /// <summary>The list of files and their hashes.</summary>
    public const string Manifest = "\\EFI\\HyperCore\\manifest";

    /// <summary>The signature of the list.</summary>
    public const string Signature = "\\EFI\\HyperCore\\manifest.sig";
}
