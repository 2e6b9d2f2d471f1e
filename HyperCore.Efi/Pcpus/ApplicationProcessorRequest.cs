namespace HyperCore.Efi.Pcpus;

/// <summary>What the boot processor asks of an application processor that is ready. At most 15.</summary>
internal enum ApplicationProcessorRequest
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its time-stamp counter.</summary>
    ReadTsc,

    /// <summary>Add the argument to its time-stamp counter; the answer is 0 when it cannot.</summary>
    AdjustTsc,

    /// <summary>The argument is how far its counter is ahead, for good.</summary>
    KeepTscOffset,

    /// <summary>Go online.</summary>
    Release,
}
