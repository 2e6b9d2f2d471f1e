namespace HyperCore.Core.Memory;

/// <summary>A range of the machine's physical address space.</summary>
/// <param name="start">First address, page-aligned.</param>
/// <param name="length">Length in bytes, whole pages.</param>
/// <param name="kind">What it is.</param>
public readonly struct HostMemoryRange(ulong start, ulong length, HostMemoryKind kind)
{
    /// <summary>First address, page-aligned.</summary>
    public readonly ulong Start = start;

    /// <summary>Length in bytes, whole pages.</summary>
    public readonly ulong Length = length;

    /// <summary>What it is.</summary>
    public readonly HostMemoryKind Kind = kind;

    /// <summary>The address after the last one.</summary>
    public ulong End => Start + Length;

    /// <summary>
    /// There is certainly RAM here. <see cref="HostMemoryKind.Reserved"/> does not count: firmware lists device windows under it.
    /// </summary>
    public bool IsRam => Kind is not (HostMemoryKind.Reserved or HostMemoryKind.Mmio or HostMemoryKind.Unusable);
}
