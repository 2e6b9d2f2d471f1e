using System;

namespace HyperCore.Core.Console;

/// <summary>What the colours look like.</summary>
public static class Palette
{
    /// <summary>How many colours there are.</summary>
    public const int Count = (int)Color.PanicDim + 1;

    /// <summary>Red, green, blue and nothing of each colour, in the order of <see cref="Color"/>.</summary>
    private static ReadOnlySpan<byte> Components =>
    [
        0x0E, 0x13, 0x1B, 0, // Background
        0x15, 0x1C, 0x27, 0, // Panel
        0x36, 0x43, 0x56, 0, // Border
        0xC8, 0xD1, 0xDC, 0, // Text
        0x82, 0x8F, 0xA3, 0, // Dim
        0xFF, 0xFF, 0xFF, 0, // Bright
        0x6C, 0xB8, 0xFF, 0, // Accent
        0x56, 0xD3, 0x86, 0, // Green
        0xF2, 0xB9, 0x4D, 0, // Amber
        0xFF, 0x75, 0x70, 0, // Red
        0x54, 0xCF, 0xDD, 0, // Cyan
        0x16, 0x3F, 0x77, 0, // Header
        0xFF, 0xFF, 0xFF, 0, // HeaderText
        0x9F, 0xC2, 0xEC, 0, // HeaderDim
        0x25, 0x62, 0xBE, 0, // Selection
        0xFF, 0xFF, 0xFF, 0, // SelectionText
        0x1B, 0x24, 0x31, 0, // Footer
        0x38, 0x47, 0x5C, 0, // KeyCap
        0xFF, 0xFF, 0xFF, 0, // KeyCapText
        0x22, 0x2D, 0x3D, 0, // Dialog
        0x38, 0x47, 0x5C, 0, // Button
        0x3A, 0x19, 0x1E, 0, // Alarm
        0x86, 0x1D, 0x22, 0, // Panic
        0xFF, 0xFF, 0xFF, 0, // PanicText
        0xF0, 0xBE, 0xBC, 0, // PanicDim
    ];

    /// <summary>
    /// For each colour the SGR parameter that makes it a foreground, and the one that makes it a background (ECMA-48, 8.3.117; 90 to 97, the
    /// bright ones, are aixterm's). Only the first eight are backgrounds everywhere.
    /// </summary>
    private static ReadOnlySpan<byte> Graphics =>
    [
        30, 40, // Background
        30, 40, // Panel
        34, 44, // Border
        37, 40, // Text
        90, 40, // Dim
        97, 47, // Bright
        96, 46, // Accent
        92, 42, // Green
        93, 43, // Amber
        91, 41, // Red
        36, 46, // Cyan
        34, 44, // Header
        97, 47, // HeaderText
        37, 47, // HeaderDim
        36, 46, // Selection
        30, 40, // SelectionText
        30, 40, // Footer
        37, 47, // KeyCap
        30, 40, // KeyCapText
        34, 44, // Dialog
        30, 40, // Button
        31, 40, // Alarm
        31, 41, // Panic
        97, 47, // PanicText
        37, 47, // PanicDim
    ];

    /// <summary>Red, green and blue, 0 to 255 each.</summary>
    public static (byte Red, byte Green, byte Blue) ToRgb(Color color)
    {
        ReadOnlySpan<byte> components = Components.Slice((int)color * 4, 3);
        return (components[0], components[1], components[2]);
    }

    /// <summary>The SGR parameter for a foreground: 30 to 37 or 90 to 97.</summary>
    public static byte ToForegroundGraphic(Color color) => Graphics[(int)color * 2];

    /// <summary>The SGR parameter for a background: 40 to 47.</summary>
    public static byte ToBackgroundGraphic(Color color) => Graphics[((int)color * 2) + 1];
}
