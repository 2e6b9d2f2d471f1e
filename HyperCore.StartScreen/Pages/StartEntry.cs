namespace HyperCore.StartScreen.Pages;

/// <summary>An entry of the start screen, in the order in which they are shown.</summary>
internal enum StartEntry
{
    /// <summary>The browser.</summary>
    Browser,

    /// <summary>The mail program.</summary>
    Mail,

    /// <summary>A shell.</summary>
    Terminal,

    /// <summary>The settings.</summary>
    Settings,

    /// <summary>HyperCore's menu.</summary>
    Menu,
}
