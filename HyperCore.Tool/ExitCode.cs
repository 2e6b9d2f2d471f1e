namespace HyperCore.Tool;

/// <summary>How a command ended, as a script sees it.</summary>
internal enum ExitCode
{
    /// <summary>Everything is as it should be.</summary>
    Good = 0,

    /// <summary>What was checked has errors.</summary>
    Bad = 1,

    /// <summary>The command was called wrongly, or a file that it was given does not exist.</summary>
    Usage = 2,

    /// <summary>The work could not be done: no permission, no room, no UEFI variables.</summary>
    Failed = 3,

    /// <summary>The question was answered with no; nothing was changed.</summary>
    Declined = 4,
}
