namespace HyperCore.Core.Menu;

/// <summary>What the menu shows.</summary>
public enum MenuPage
{
    /// <summary>The list of VMs.</summary>
    Main,

    /// <summary>The log.</summary>
    Log,

    /// <summary>All that is known about the machine and its VMs.</summary>
    Info,
}
