using System;

namespace HyperCore.Core.Devices;

/// <summary>What a display controller shows: a rectangle of its video memory. The default value shows nothing.</summary>
public readonly struct DisplayMode : IEquatable<DisplayMode>
{
    /// <summary>Describes a picture that lies in video memory as a whole.</summary>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="height">Lines.</param>
    /// <param name="bitsPerPixel">15, 16, 24 or 32.</param>
    /// <param name="stride">Bytes from one line to the next.</param>
    /// <param name="offset">Where the first pixel is in video memory.</param>
    /// <param name="isBigEndian">The bytes of a 32-bit pixel are in the order unused, red, green, blue instead of the other way round.</param>
    public DisplayMode(uint width, uint height, uint bitsPerPixel, uint stride, ulong offset, bool isBigEndian = false)
    {
        Width = width;
        Height = height;
        BitsPerPixel = bitsPerPixel;
        Stride = stride;
        Offset = offset;
        IsBigEndian = isBigEndian;
    }

    /// <summary>Pixels in a line; 0 when nothing is shown.</summary>
    public uint Width { get; }

    /// <summary>Lines.</summary>
    public uint Height { get; }

    /// <summary>Bits of a pixel: 15, 16, 24 or 32.</summary>
    public uint BitsPerPixel { get; }

    /// <summary>Bytes from one line to the next.</summary>
    public uint Stride { get; }

    /// <summary>Where the first pixel is in video memory.</summary>
    public ulong Offset { get; }

    /// <summary>The bytes of a 32-bit pixel are in the order unused, red, green, blue.</summary>
    public bool IsBigEndian { get; }

    /// <summary>There is a picture.</summary>
    public bool IsShown => Width != 0;

    /// <summary>Bytes of a pixel.</summary>
    public uint BytesPerPixel => (BitsPerPixel + 7) / 8;

    /// <summary>Bytes of a line that are shown.</summary>
    public uint LineBytes => Width * BytesPerPixel;

    /// <summary>Video memory from its start to the end of the picture.</summary>
    public ulong End => Offset + ((ulong)Stride * Height);

    /// <summary>Whether another picture differs at most in where it lies in video memory: page flipping.</summary>
    public bool HasShapeOf(DisplayMode other) => Width == other.Width && Height == other.Height && BitsPerPixel == other.BitsPerPixel
        && Stride == other.Stride && IsBigEndian == other.IsBigEndian;

    /// <inheritdoc/>
    public bool Equals(DisplayMode other) => HasShapeOf(other) && Offset == other.Offset;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DisplayMode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)((Width * 31) + Height);
}
