using HyperCore.Core.Memory;
using HyperCore.Core.Paging;

namespace HyperCore.Core.Machine;

/// <summary>Gives nested page tables their frames out of the machine's memory, which the host maps one to one.</summary>
public sealed unsafe class NestedFrames : FrameSource
{
    private readonly FrameAllocator _pool;

    /// <summary>Takes frames from <paramref name="pool"/>.</summary>
    public NestedFrames(FrameAllocator pool) => _pool = pool;

    /// <inheritdoc/>
    public override ulong* Allocate(out ulong hostPhysical)
    {
        if (!_pool.TryAllocateFrame(FrameOwner.NestedPageTables, out hostPhysical))
        {
            return null;
        }

        HostMemory.Zero((byte*)hostPhysical, FrameAllocator.FrameSize);
        return (ulong*)hostPhysical;
    }

    /// <inheritdoc/>
    public override void Free(ulong hostPhysical) => _pool.Free(hostPhysical, FrameAllocator.FrameSize, FrameOwner.NestedPageTables);

    /// <inheritdoc/>
    public override ulong* PointerTo(ulong hostPhysical) => (ulong*)hostPhysical;
}
