namespace HyperCore.Core.Platform;

/// <summary>
/// A linear framebuffer as a guest sees it, in the terms that every boot protocol can carry. The default value means that there is none.
/// </summary>
public struct FramebufferDescription
{
    /// <summary>Guest-physical address of the first pixel.</summary>
    public ulong GuestPhysical;

    /// <summary>Visible pixels in a line; 0 when there is no framebuffer.</summary>
    public uint Width;

    /// <summary>Visible lines.</summary>
    public uint Height;

    /// <summary>Bytes from one line to the next.</summary>
    public uint Stride;

    /// <summary>Bits of a pixel, the unused ones included: 16, 24 or 32.</summary>
    public byte BitsPerPixel;

    /// <summary>Lowest bit of red.</summary>
    public byte RedPosition;

    /// <summary>Bits of red.</summary>
    public byte RedSize;

    /// <summary>Lowest bit of green.</summary>
    public byte GreenPosition;

    /// <summary>Bits of green.</summary>
    public byte GreenSize;

    /// <summary>Lowest bit of blue.</summary>
    public byte BluePosition;

    /// <summary>Bits of blue.</summary>
    public byte BlueSize;

    /// <summary>There is a framebuffer.</summary>
    public readonly bool IsPresent => Width != 0;

    /// <summary>Bytes from the first pixel to the end of the last line.</summary>
    public readonly ulong SizeInBytes => (ulong)Stride * Height;

    /// <summary>The 32-bit format that practically all UEFI firmware offers: blue in the lowest byte, then green and red.</summary>
    /// <param name="guestPhysical">Guest-physical address of the first pixel.</param>
    /// <param name="width">Visible pixels in a line.</param>
    /// <param name="height">Visible lines.</param>
    /// <param name="stride">Bytes from one line to the next.</param>
    public static FramebufferDescription Bgrx32(ulong guestPhysical, uint width, uint height, uint stride) => new()
    {
        GuestPhysical = guestPhysical,
        Width = width,
        Height = height,
        Stride = stride,
        BitsPerPixel = 32,
        RedPosition = 16,
        RedSize = 8,
        GreenPosition = 8,
        GreenSize = 8,
        BluePosition = 0,
        BlueSize = 8,
    };
}
