namespace HyperCore.Efi.Pcpus;

/// <summary>How far an application processor is.</summary>
internal enum ApplicationProcessorState
{
    /// <summary>It has not been heard of.</summary>
    Silent,

    /// <summary>It is set up, and does what the boot processor asks.</summary>
    Ready,

    /// <summary>It is a pCPU.</summary>
    Online,

    /// <summary>It cannot be used, and has stopped.</summary>
    Refused,
}
