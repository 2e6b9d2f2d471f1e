namespace HyperCore.Core.Paging;

/// <summary>Where page tables get their 4 KiB frames from and give them back to.</summary>
public abstract unsafe class FrameSource
{
    /// <summary>Takes one zeroed 4 KiB frame.</summary>
    /// <param name="hostPhysical">Its host-physical address.</param>
    /// <returns>A pointer to it, or null when memory has run out.</returns>
    public abstract ulong* Allocate(out ulong hostPhysical);

    /// <summary>Gives a frame back.</summary>
    public abstract void Free(ulong hostPhysical);

    /// <summary>The pointer through which the host reaches a frame that <see cref="Allocate"/> gave.</summary>
    public abstract ulong* PointerTo(ulong hostPhysical);
}
