namespace HyperCore.Core.Diagnostics;

/// <summary>How much a log line matters; the numbers order them.</summary>
public enum LogLevel
{
    /// <summary>Something failed.</summary>
    Error,

    /// <summary>Something is not as it should be.</summary>
    Warning,

    /// <summary>An event a user cares about.</summary>
    Info,

    /// <summary>An event a developer cares about.</summary>
    Debug,

    /// <summary>Everything.</summary>
    Trace,
}
