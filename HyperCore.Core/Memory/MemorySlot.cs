namespace HyperCore.Core.Memory;

/// <summary>One contiguous piece of a guest's RAM: where the guest sees it and where the host keeps it.</summary>
/// <param name="guestPhysical">First guest-physical address.</param>
/// <param name="length">Length in bytes.</param>
/// <param name="host">Host pointer to the first byte.</param>
/// <param name="hostPhysical">Host-physical address of the first byte, for nested paging.</param>
public unsafe struct MemorySlot(ulong guestPhysical, ulong length, byte* host, ulong hostPhysical)
{
    /// <summary>First guest-physical address.</summary>
    public readonly ulong GuestPhysical = guestPhysical;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length = length;

    /// <summary>Host pointer to the first byte.</summary>
    public readonly byte* Host = host;

    /// <summary>Host-physical address of the first byte.</summary>
    public readonly ulong HostPhysical = hostPhysical;

    /// <summary>The number of its first chunk among those of all slots (<see cref="RamPreparation"/>); <see cref="GuestMemory.Add"/> gives it.</summary>
    public int FirstChunk { get; init; }
}
