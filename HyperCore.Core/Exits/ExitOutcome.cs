namespace HyperCore.Core.Exits;

/// <summary>What becomes of the vCPU after an exit was handled.</summary>
public enum ExitOutcome
{
    /// <summary>Enter the guest again.</summary>
    Resume,

    /// <summary>The vCPU waits for an interrupt (HLT).</summary>
    Halt,

    /// <summary>A physical event came in that the main loop has to look at.</summary>
    Yield,

    /// <summary>The VM ends; the <see cref="Machine.StopReason"/> says why.</summary>
    Stop,

    /// <summary>An interrupt can be delivered now that had to wait.</summary>
    Window,
}
