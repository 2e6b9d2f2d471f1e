namespace HyperCore.Core.Memory;

/// <summary>How freeing memory went. Anything but <see cref="Freed"/> is an error of the caller, and nothing was changed.</summary>
public enum FrameFreeResult
{
    /// <summary>The memory is free again.</summary>
    Freed,

    /// <summary>Address or length is not a whole number of frames, or the length is 0.</summary>
    NotAligned,

    /// <summary>Part of the range was never given to the allocator.</summary>
    NotManaged,

    /// <summary>Part of the range is free already.</summary>
    AlreadyFree,

    /// <summary>The owner does not have that much memory.</summary>
    WrongOwner,
}
