namespace HyperCore.Core.Menu;

/// <summary>What the menu says a vCPU is doing.</summary>
public enum VcpuState
{
    /// <summary>Its VM is off.</summary>
    Off,

    /// <summary>A pCPU runs it.</summary>
    Running,

    /// <summary>It could run and waits for a pCPU.</summary>
    Ready,

    /// <summary>It executed HLT and waits for an interrupt.</summary>
    Halted,

    /// <summary>It was not started yet: it waits for a start-up IPI.</summary>
    WaitingForSipi,

    /// <summary>Its VM is paused.</summary>
    Paused,
}
