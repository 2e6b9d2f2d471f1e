namespace HyperCore.Core.Machine;

/// <summary>How a VM came to an end.</summary>
public enum StopKind
{
    /// <summary>It has not ended, or was never started.</summary>
    None,

    /// <summary>The guest turned the machine off.</summary>
    PoweredOff,

    /// <summary>The guest reset the machine.</summary>
    Reset,

    /// <summary>Triple fault: the guest could not handle an exception.</summary>
    TripleFault,

    /// <summary>The person at the machine stopped it.</summary>
    Stopped,

    /// <summary>The guest did something that HyperCore cannot carry out.</summary>
    Crashed,

    /// <summary>It could not be started.</summary>
    CannotStart,
}
