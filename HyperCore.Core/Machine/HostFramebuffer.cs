using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>The machine's own linear framebuffer.</summary>
/// <param name="address">Where the host reaches it.</param>
/// <param name="physicalAddress">Its host-physical address, a multiple of 4 KiB.</param>
/// <param name="description">Size and pixel layout; the guest-physical address in it means nothing here.</param>
public sealed unsafe class HostFramebuffer(byte* address, ulong physicalAddress, FramebufferDescription description)
{
    private const ulong PageMask = 0xFFF;

    /// <summary>Where the host reaches it.</summary>
    public byte* Address => address;

    /// <summary>Host-physical address.</summary>
    public ulong PhysicalAddress => physicalAddress;

    /// <summary>Size and pixel layout.</summary>
    public FramebufferDescription Description => description;

    /// <summary>Bytes that hold pixels.</summary>
    public ulong Size => description.SizeInBytes;

    /// <summary>Bytes that a guest is given: <see cref="Size"/> in whole pages.</summary>
    public ulong MappedSize => (Size + PageMask) & ~PageMask;
}
