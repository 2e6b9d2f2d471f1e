using System;
using System.Collections.Generic;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen.Pages;

/// <summary>What the settings page asks for.</summary>
internal abstract class SettingsActions
{
    /// <summary>The settings.</summary>
    public abstract ApplianceSettings Settings { get; }

    /// <summary>There is a disk whose content can be encrypted.</summary>
    public abstract bool CanEncrypt { get; }

    /// <summary>What is kept is encrypted.</summary>
    public abstract bool IsEncrypted { get; }

    /// <summary>The names of the keyboard layouts.</summary>
    public abstract IReadOnlyList<string> Keyboards();

    /// <summary>The names of the time zones.</summary>
    public abstract IReadOnlyList<string> TimeZones();

    /// <summary>Lets the user choose from a list.</summary>
    public abstract void Choose(string title, IReadOnlyList<string> choices, string current, Action<string> chosen);

    /// <summary>Puts settings into force and keeps them.</summary>
    public abstract void Apply(ApplianceSettings settings);

    /// <summary>Encrypts what is kept with a passphrase; empty: does not.</summary>
    public abstract void SetPassphrase(string passphrase);

    /// <summary>Goes back to the start page.</summary>
    public abstract void Close();
}
