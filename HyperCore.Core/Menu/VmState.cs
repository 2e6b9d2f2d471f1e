namespace HyperCore.Core.Menu;

/// <summary>What the menu says a VM is doing.</summary>
public enum VmState
{
    /// <summary>Not started, or ended.</summary>
    Stopped,

    /// <summary>Being loaded.</summary>
    Starting,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Halted by the person at the machine.</summary>
    Paused,

    /// <summary>Ended by an error, or cannot start.</summary>
    Failed,
}
