using HyperCore.Core.Paging;

namespace HyperCore.Core.Firmware;

/// <summary>A part of the address space that the firmware's runtime services use after boot services have ended.</summary>
/// <param name="start">First address, page-aligned.</param>
/// <param name="length">Bytes, whole pages.</param>
/// <param name="access">What the firmware may do there.</param>
/// <param name="isDevice">Device registers, such as those of the flash memory.</param>
public readonly struct RuntimeRegion(ulong start, ulong length, HostPageAccess access, bool isDevice)
{
    /// <summary>First address, page-aligned.</summary>
    public readonly ulong Start = start;

    /// <summary>Bytes, whole pages.</summary>
    public readonly ulong Length = length;

    /// <summary>What the firmware may do there.</summary>
    public readonly HostPageAccess Access = access;

    /// <summary>Device registers, such as those of the flash memory.</summary>
    public readonly bool IsDevice = isDevice;

    /// <summary>The address after the last one.</summary>
    public ulong End => Start + Length;
}
