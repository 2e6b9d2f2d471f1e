namespace HyperCore.Core.Console;

/// <summary>A linear framebuffer of 32 bits a pixel.</summary>
public readonly struct Framebuffer
{
    private Framebuffer(nint address, int width, int height, int stride, PixelFormat format)
    {
        Address = address;
        Width = width;
        Height = height;
        Stride = stride;
        Format = format;
    }

    /// <summary>The virtual address of the first pixel.</summary>
    public nint Address { get; }

    /// <summary>Pixels in a line.</summary>
    public int Width { get; }

    /// <summary>Lines.</summary>
    public int Height { get; }

    /// <summary>Bytes from one line to the next.</summary>
    public int Stride { get; }

    /// <summary>Where the colours are in a pixel.</summary>
    public PixelFormat Format { get; }

    /// <summary>Describes a framebuffer, checking that all of it lies in its memory.</summary>
    /// <param name="address">The virtual address of the first pixel, a multiple of 4.</param>
    /// <param name="size">Bytes of memory there.</param>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="height">Lines.</param>
    /// <param name="stride">Bytes from one line to the next, a multiple of 4.</param>
    /// <param name="format">Where the colours are in a pixel.</param>
    /// <param name="framebuffer">The result.</param>
    /// <returns>False when the figures do not go together or the screen is smaller than 640x400 or larger than 16384x16384.</returns>
    public static bool TryCreate(nint address, ulong size, int width, int height, int stride, PixelFormat format, out Framebuffer framebuffer)
    {
        framebuffer = new Framebuffer(address, width, height, stride, format);
        return address != 0 && (address & 3) == 0 && (stride & 3) == 0
            && width is >= 640 and <= 16384 && height is >= 400 and <= 16384
            && stride >= width * 4 && (ulong)stride * (ulong)(height - 1) + ((ulong)width * 4) <= size;
    }
}
