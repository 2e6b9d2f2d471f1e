using HyperCore.Core.Memory;
using HyperCore.Core.Paging;

namespace HyperCore.Core.Machine;

/// <summary>
/// A guest's RAM in its nested page table. The tables are there from the start, so that nothing can run out later; the pages are entered when the
/// guest first touches them, because only then are they zeroed (<see cref="RamPreparation"/>).
/// </summary>
public sealed class RamMapping
{
    private readonly GuestMemory _memory;
    private readonly NestedPageTable _table;

    /// <summary>Creates it.</summary>
    /// <param name="memory">The RAM, with its preparation.</param>
    /// <param name="table">The guest's nested page table.</param>
    public RamMapping(GuestMemory memory, NestedPageTable table)
    {
        _memory = memory;
        _table = table;
    }

    /// <summary>Makes tables for all RAM, and enters what does not wait.</summary>
    /// <returns>False when memory for tables has run out.</returns>
    public bool TryBegin()
    {
        foreach (RamChunk chunk in new RamChunks(_memory))
        {
            bool done = chunk.IsLargePage
                ? _table.Reserve(chunk.GuestPhysical)
                : _table.Map(chunk.GuestPhysical, chunk.HostPhysical, chunk.Length, NestedAccess.All);
            if (!done)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>All pages that wait are to be entered anew, as after <see cref="TryBegin"/>. No vCPU may run, and none may keep translations.</summary>
    public void Forget()
    {
        foreach (RamChunk chunk in new RamChunks(_memory))
        {
            if (chunk.IsLargePage)
            {
                _table.Unmap(chunk.GuestPhysical, chunk.Length);
            }
        }
    }

    /// <summary>The guest has touched an address without a translation. Called with the VM's lock held.</summary>
    /// <param name="guestPhysical">Any address.</param>
    /// <returns>It is RAM, and the guest can go on.</returns>
    public unsafe bool TryAnswer(ulong guestPhysical)
    {
        ulong start = guestPhysical & ~(RamPreparation.ChunkSize - 1);
        byte* host = _memory.Translate(start, RamPreparation.ChunkSize, out ulong hostPhysical);
        if (host == null || (hostPhysical & (RamPreparation.ChunkSize - 1)) != 0)
        {
            return false;
        }

        // Another vCPU may have been faster. The table for the page is there.
        return _table.TryTranslate(guestPhysical, out _, out _) || _table.Map(start, hostPhysical, RamPreparation.ChunkSize, NestedAccess.All);
    }
}
