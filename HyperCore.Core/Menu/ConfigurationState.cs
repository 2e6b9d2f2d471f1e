namespace HyperCore.Core.Menu;

/// <summary>What became of the configuration file.</summary>
public enum ConfigurationState
{
    /// <summary>Read, without errors.</summary>
    Good,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It has errors, or could not be read.</summary>
    Bad,

    /// <summary>It is not the one that was signed.</summary>
    Refused,
}
