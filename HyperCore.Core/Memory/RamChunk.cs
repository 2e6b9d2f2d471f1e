namespace HyperCore.Core.Memory;

/// <summary>What of a guest's RAM lies in one chunk of guest-physical memory and in one slot (<see cref="RamPreparation.ChunkSize"/>).</summary>
/// <param name="slot">The slot.</param>
/// <param name="index">Which of the slot's chunks, from 0.</param>
public readonly unsafe struct RamChunk(in MemorySlot slot, int index)
{
    private readonly MemorySlot _slot = slot;
    private readonly ulong _offset = OffsetOf(slot, index);

    /// <summary>Its number among those of all slots.</summary>
    public int Number { get; } = slot.FirstChunk + index;

    /// <summary>Bytes: fewer than a whole chunk's at the ends of a slot.</summary>
    public ulong Length { get; } = OffsetOf(slot, index + 1) - OffsetOf(slot, index);

    /// <summary>Guest-physical address.</summary>
    public ulong GuestPhysical => _slot.GuestPhysical + _offset;

    /// <summary>Host-physical address.</summary>
    public ulong HostPhysical => _slot.HostPhysical + _offset;

    /// <summary>Where the host sees it.</summary>
    public byte* Host => _slot.Host + _offset;

    /// <summary>It can be a page of 2 MiB for the guest and for the host. Others are zeroed at the start, and do not wait until they are wanted.</summary>
    public bool IsLargePage => Length == RamPreparation.ChunkSize && (HostPhysical & (RamPreparation.ChunkSize - 1)) == 0;

    /// <summary>Chunks that a slot lies in, those at its ends that it fills only in part included.</summary>
    public static int CountIn(in MemorySlot slot) => IndexAt(slot, slot.Length - 1) + 1;

    /// <summary>Which of a slot's chunks a byte is in.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="offset">The byte's place in the slot.</param>
    public static int IndexAt(in MemorySlot slot, ulong offset) => (int)((BeforeSlot(slot) + offset) / RamPreparation.ChunkSize);

    private static ulong BeforeSlot(in MemorySlot slot) => slot.GuestPhysical & (RamPreparation.ChunkSize - 1);

    private static ulong OffsetOf(in MemorySlot slot, int index)
    {
        ulong start = (ulong)index * RamPreparation.ChunkSize;
        ulong before = BeforeSlot(slot);
        return start <= before ? 0 : start - before > slot.Length ? slot.Length : start - before;
    }
}
