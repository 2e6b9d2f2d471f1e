namespace HyperCore.Core.Emulation;

/// <summary>How a fetch or decode at RIP ended.</summary>
public enum FetchResult
{
    /// <summary>The bytes are there.</summary>
    Done,

    /// <summary>The processor would have faulted: the fault is set to be delivered.</summary>
    FaultInjected,

    /// <summary>The guest executes from an address that is not RAM. Nothing was injected.</summary>
    NotMemory,
}
