namespace HyperCore.Core.Config;

/// <summary>What happens when a VM ends by itself.</summary>
public enum EndAction
{
    /// <summary>It stays down, and the menu says why.</summary>
    Stop,

    /// <summary>It is started again.</summary>
    Restart,
}
