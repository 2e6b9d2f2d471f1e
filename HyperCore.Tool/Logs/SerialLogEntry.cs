using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Logs;

/// <summary>A line of HyperCore's serial line.</summary>
/// <param name="Time">Seconds of HyperCore's clock; null for a line without.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Category">The part of HyperCore that wrote it; <c>guest</c> for what a VM wrote, <c>serial</c> for what is no line of HyperCore.</param>
/// <param name="Vm">The VM that it is about; null when it is about none.</param>
/// <param name="Message">The text.</param>
internal sealed record SerialLogEntry(decimal? Time, LogLevel Level, string Category, string? Vm, string Message)
{
    /// <summary><see cref="Category"/> of what a VM wrote.</summary>
    public const string Guest = "guest";

    /// <summary><see cref="Category"/> of what is no line of HyperCore: the firmware's, and what HyperCore says while it loads.</summary>
    public const string Serial = "serial";

    /// <summary><see cref="Category"/> of an internal error's report.</summary>
    public const string Panic = "panic";
}
