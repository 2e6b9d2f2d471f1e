namespace HyperCore.Core.Memory;

/// <summary>A contiguous piece of host-physical memory.</summary>
/// <param name="start">First host-physical address.</param>
/// <param name="length">Length in bytes.</param>
public readonly struct FrameExtent(ulong start, ulong length)
{
    /// <summary>First host-physical address.</summary>
    public readonly ulong Start = start;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length = length;

    /// <summary>The address after the last one.</summary>
    public ulong End => Start + Length;
}
