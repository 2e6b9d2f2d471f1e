namespace HyperCore.Core.Emulation;

/// <summary>How an emulated instruction ended.</summary>
public enum EmulationResult
{
    /// <summary>Carried out. RIP stands behind it, or still on it when a repeated one has iterations left: enter the guest again.</summary>
    Done,

    /// <summary>It faulted: the fault is set to be delivered, RIP stands on the instruction.</summary>
    FaultInjected,

    /// <summary>The emulator does not know it: stop the VM with <see cref="Emulator.DescribeUnsupported"/>. Nothing was changed.</summary>
    Unsupported,
}
