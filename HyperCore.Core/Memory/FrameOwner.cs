namespace HyperCore.Core.Memory;

/// <summary>What allocated memory is used for; the frame allocator counts each kind.</summary>
public enum FrameOwner
{
    /// <summary>HyperCore itself: heap, stacks, its own page tables.</summary>
    HyperCore,

    /// <summary>RAM of guests.</summary>
    GuestMemory,

    /// <summary>Nested page tables and permission maps.</summary>
    NestedPageTables,

    /// <summary>Shadow framebuffers.</summary>
    Framebuffers,

    /// <summary>Files from the partition.</summary>
    Files,
}
