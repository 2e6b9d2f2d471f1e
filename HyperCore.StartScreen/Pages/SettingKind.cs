namespace HyperCore.StartScreen.Pages;

/// <summary>How a setting is entered.</summary>
internal enum SettingKind
{
    /// <summary>A line of text.</summary>
    Text,

    /// <summary>A line of text that is not shown.</summary>
    Secret,

    /// <summary>One of a list.</summary>
    Choice,
}
