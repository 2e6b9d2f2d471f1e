using System;
using System.Collections.Generic;
using System.IO;
using HyperCore.StartScreen.Linux;

namespace HyperCore.StartScreen.Settings;

/// <summary>
/// The settings in force, and the folder of what is kept. The folder is the place where people put more: a file with certificates, commands of
/// mutt. All of it goes to the settings disk when there is one.
/// </summary>
internal sealed class SettingsService
{
    private const string Folder = "/root/kept";
    private const string SettingsFile = Folder + "/settings";
    private const string Certificates = Folder + "/extra-ca.pem";
    private const string MailExtra = Folder + "/muttrc";
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";
    private const string ShippedBundle = "/etc/ssl/certs/shipped.crt";

    private byte[] _written = [];
    private string _certificates = "";

    /// <summary>Looks for the disk, and reads it unless it is locked.</summary>
    public SettingsService()
    {
        Directory.CreateDirectory(Folder);
        Disk = SettingsDisk.Find();
        if (Disk is { IsLocked: false })
        {
            Load();
        }
    }

    /// <summary>The settings in force.</summary>
    public ApplianceSettings Settings { get; private set; } = new();

    /// <summary>Where they are kept; null: nowhere.</summary>
    public SettingsDisk? Disk { get; }

    /// <summary>The last attempt to keep them failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The settings are kept when the power goes.</summary>
    public bool AreKept => Disk is { IsLocked: false } && !HasFailed;

    /// <summary>What becomes of the settings, for people.</summary>
    public string Describe() => Disk switch
    {
        null => "No settings disk: settings are lost at power-off",
        { IsLocked: true } => "Settings are locked: changes are lost at power-off",
        _ when HasFailed => "The settings could not be written: too much to keep?",
        { IsEncrypted: true } => "Settings are kept, encrypted; all else is forgotten",
        _ => "Settings are kept; all else is forgotten at power-off",
    };

    /// <summary>Tries a passphrase on a locked disk.</summary>
    public bool Unlock(string passphrase)
    {
        if (!Disk!.Unlock(passphrase))
        {
            return false;
        }

        Load();
        return true;
    }

    /// <summary>Encrypts what is kept, or no longer does.</summary>
    public void SetPassphrase(string passphrase)
    {
        Disk!.SetPassphrase(passphrase);

        // Both slots: the older one must not tell what the newer one hides.
        Keep(always: true);
        Keep(always: true);
    }

    /// <summary>Puts settings into force and keeps them.</summary>
    public void Change(ApplianceSettings settings)
    {
        Settings = settings;
        File.WriteAllText(SettingsFile, SettingsText.Format(settings));
        Apply();
        Keep();
    }

    /// <summary>Another program has ended, which may have changed what is kept.</summary>
    public void LookAgain()
    {
        ApplianceSettings found = SettingsText.Parse(Files.Read(SettingsFile));
        bool certificates = Files.Read(Certificates) != _certificates;
        if (found != Settings || certificates)
        {
            Settings = found;
            Apply();
        }

        Keep();
    }

    /// <summary>Puts the settings into force.</summary>
    public void Apply()
    {
        LibC.System($"loadkmap < /usr/share/kmaps/{Settings.Keyboard}.bmap; ln -sf /usr/share/zoneinfo/{Settings.TimeZone} /etc/localtime");
        TimeZoneInfo.ClearCachedData();
        File.WriteAllText("/root/.muttrc", MailConfiguration.Create(Settings, File.Exists(MailExtra) ? MailExtra : null));
        Directory.CreateDirectory("/root/.netsurf");
        File.WriteAllText("/root/.netsurf/Choices", BrowserConfiguration.Create(Settings));
        TrustMore();
    }

    // Certificates that somebody trusts beside those of the image.
    private void TrustMore()
    {
        string certificates = Files.Read(Certificates);
        if (certificates == _certificates)
        {
            return;
        }

        if (!File.Exists(ShippedBundle))
        {
            File.Copy(Bundle, ShippedBundle);
        }

        File.Copy(ShippedBundle, Bundle, overwrite: true);
        File.AppendAllText(Bundle, certificates + "\n");
        _certificates = certificates;
    }

    private void Load()
    {
        Dictionary<string, byte[]> files = Disk!.Read();
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(Folder, name), content);
        }

        _written = KeptFiles.Pack(files);
        Settings = SettingsText.Parse(Files.Read(SettingsFile));
    }

    private void Keep(bool always = false)
    {
        if (Disk is null or { IsLocked: true })
        {
            return;
        }

        var files = new Dictionary<string, byte[]>();
        foreach (string path in Directory.GetFiles(Folder))
        {
            files[Path.GetFileName(path)] = File.ReadAllBytes(path);
        }

        byte[] packed = KeptFiles.Pack(files);
        if (always || HasFailed || !packed.AsSpan().SequenceEqual(_written))
        {
            HasFailed = !Disk.Write(files);
            _written = packed;
        }
    }
}
