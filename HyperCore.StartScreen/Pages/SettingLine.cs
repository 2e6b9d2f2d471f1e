using System;
using System.Collections.Generic;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen.Pages;

/// <summary>A line of the settings page.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Kind">How it is entered.</param>
/// <param name="Read">Reads it.</param>
/// <param name="Write">The settings with another value.</param>
/// <param name="Hint">Shown when there is no value.</param>
/// <param name="Choices">What can be chosen.</param>
internal sealed record SettingLine(
    string Label,
    SettingKind Kind,
    Func<ApplianceSettings, string> Read,
    Func<ApplianceSettings, string, ApplianceSettings> Write,
    string Hint,
    Func<IReadOnlyList<string>>? Choices = null);
