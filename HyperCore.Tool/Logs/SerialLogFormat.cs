namespace HyperCore.Tool.Logs;

/// <summary>How log lines are written.</summary>
internal enum SerialLogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For people, on a terminal with colours.</summary>
    Color,

    /// <summary>An object a line.</summary>
    Json,
}
