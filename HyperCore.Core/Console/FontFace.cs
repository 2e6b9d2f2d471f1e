using System;
using HyperCore.Core.Console.Fonts;

namespace HyperCore.Core.Console;

/// <summary>A bitmap font of fixed width.</summary>
public sealed class FontFace
{
    private FontFace(int width, int height)
    {
        Width = width;
        Height = height;
        BytesPerRow = (width + 7) / 8;
    }

    /// <summary>Pixels in a row of a glyph: 8, 12 or 16.</summary>
    public int Width { get; }

    /// <summary>Rows of a glyph.</summary>
    public int Height { get; }

    /// <summary>Bytes a row of a glyph takes in <see cref="GetGlyph"/>.</summary>
    public int BytesPerRow { get; }

    /// <summary>The font of 8x16 pixels.</summary>
    public static FontFace CreateSmall() => new(8, 16);

    /// <summary>The font of 12x24 pixels.</summary>
    public static FontFace CreateMedium() => new(12, 24);

    /// <summary>The font of 16x32 pixels.</summary>
    public static FontFace CreateLarge() => new(16, 32);

    /// <summary>There is a glyph for the character.</summary>
    public static bool HasGlyph(char character) => IndexOf(character) >= 0;

    /// <summary>The character's glyph, rows from the top, the leftmost pixel in the highest bit; a hollow box for a character there is none for.</summary>
    public ReadOnlySpan<byte> GetGlyph(char character)
    {
        int index = IndexOf(character);
        if (index < 0)
        {
            index = SpleenCharacters.All.Length - 1;
        }

        ReadOnlySpan<byte> bitmap = Width switch
        {
            8 => Spleen8x16.Bitmap,
            12 => Spleen12x24.Bitmap,
            _ => Spleen16x32.Bitmap,
        };
        int size = BytesPerRow * Height;
        return bitmap.Slice(index * size, size);
    }

    private static int IndexOf(char character)
    {
        // ASCII comes first and without gaps.
        if (character is >= ' ' and <= '~')
        {
            return character - ' ';
        }

        string all = SpleenCharacters.All;
        int low = 0;
        int high = all.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (all[middle] == character)
            {
                return middle;
            }

            if (all[middle] < character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }
}
