namespace HyperCore.StartScreen.Pages;

/// <summary>What every page shows at its edges.</summary>
internal sealed record Status
{
    /// <summary>The time of day, <c>14:05</c>; empty while the time zone is not known.</summary>
    public string Time { get; init; } = "";

    /// <summary>The day; empty like the time.</summary>
    public string Date { get; init; } = "";

    /// <summary>The address of this machine; empty without a network.</summary>
    public string Address { get; init; } = "";

    /// <summary>HyperCore's hotkey; empty when HyperCore is not there.</summary>
    public string Hotkey { get; init; } = "";

    /// <summary>What is wrong, and what to do; empty when nothing is.</summary>
    public string Notice { get; init; } = "";

    /// <summary>What becomes of the settings.</summary>
    public string Settings { get; init; } = "";

    /// <summary>The settings are kept.</summary>
    public bool AreKept { get; init; }
}
