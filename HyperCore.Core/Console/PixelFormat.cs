using System.Numerics;

namespace HyperCore.Core.Console;

/// <summary>Where the colours are in a 32-bit pixel, each 8 bits wide.</summary>
public readonly struct PixelFormat
{
    private PixelFormat(int redShift, int greenShift, int blueShift)
    {
        RedShift = redShift;
        GreenShift = greenShift;
        BlueShift = blueShift;
    }

    /// <summary>Blue in the lowest byte: UEFI's PixelBlueGreenRedReserved8BitPerColor.</summary>
    public static PixelFormat Bgrx => new(16, 8, 0);

    /// <summary>Red in the lowest byte: UEFI's PixelRedGreenBlueReserved8BitPerColor.</summary>
    public static PixelFormat Rgbx => new(0, 8, 16);

    /// <summary>The bit where red begins.</summary>
    public int RedShift { get; }

    /// <summary>The bit where green begins.</summary>
    public int GreenShift { get; }

    /// <summary>The bit where blue begins.</summary>
    public int BlueShift { get; }

    /// <summary>A format given by masks (UEFI's PixelBitMask).</summary>
    /// <returns>False when a mask is not 8 bits in a row: such a format is not supported.</returns>
    public static bool TryCreate(uint redMask, uint greenMask, uint blueMask, out PixelFormat format)
    {
        format = new PixelFormat(BitOperations.TrailingZeroCount(redMask), BitOperations.TrailingZeroCount(greenMask), BitOperations.TrailingZeroCount(blueMask));
        return IsByte(redMask) && IsByte(greenMask) && IsByte(blueMask);
    }

    /// <summary>The pixel of a colour.</summary>
    public uint ToPixel(Color color)
    {
        (byte red, byte green, byte blue) = Palette.ToRgb(color);
        return ((uint)red << RedShift) | ((uint)green << GreenShift) | ((uint)blue << BlueShift);
    }

    private static bool IsByte(uint mask) => mask != 0 && mask >> BitOperations.TrailingZeroCount(mask) == 0xFF;
}
