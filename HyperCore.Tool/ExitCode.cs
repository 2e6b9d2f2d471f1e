namespace HyperCore.Tool;

/// <summary>How a command ended, as a script sees it.</summary>
internal enum ExitCode
{
    /// <summary>Everything is as it should be.</summary>
    Good = 0,

    /// <summary>What was checked has errors.</summary>
    Bad = 1,

    /// <summary>The command was called wrongly, or could not read its input.</summary>
    Usage = 2,
}
