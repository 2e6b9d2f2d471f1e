namespace HyperCore.StartScreen.Pages;

/// <summary>What every page shows at its edges.</summary>
internal sealed record Status
{
    /// <summary>The time of day, <c>14:05</c>.</summary>
    public string Time { get; init; } = "";

    /// <summary>The day.</summary>
    public string Date { get; init; } = "";

    /// <summary>The address of this machine; empty without a network.</summary>
    public string Address { get; init; } = "";

    /// <summary>HyperCore's hotkey; empty when HyperCore is not there.</summary>
    public string Hotkey { get; init; } = "";

    /// <summary>What becomes of the settings.</summary>
    public string Settings { get; init; } = "";

    /// <summary>The settings are kept.</summary>
    public bool AreKept { get; init; }
}
