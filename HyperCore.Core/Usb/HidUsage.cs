using System;
using HyperCore.Core.Console;

namespace HyperCore.Core.Usb;

/// <summary>Keys of USB keyboards (HID Usage Tables 1.4, keyboard/keypad page) as PC keyboards name them.</summary>
public static class HidUsage
{
    /// <summary>The first of eight modifier keys, which have a bit each in the first byte of a boot report.</summary>
    public const byte FirstModifier = 0xE0;

    /// <summary>Usages up to this one are no keys but say what is wrong with the report.</summary>
    public const byte LastError = 3;

    private const byte ExtendedBit = 0x80;

    // From usage 04h on: make codes of set 1, with bit 7 for the prefix E0h; 0 where PC keyboards have no such key.
    private static ReadOnlySpan<byte> Keys =>
    [
        0x1E, 0x30, 0x2E, 0x20, 0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26, // a to l
        0x32, 0x31, 0x18, 0x19, 0x10, 0x13, 0x1F, 0x14, 0x16, 0x2F, 0x11, 0x2D, 0x15, 0x2C, // m to z
        0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, // 1 to 0
        0x1C, 0x01, 0x0E, 0x0F, 0x39, 0x0C, 0x0D, 0x1A, 0x1B, 0x2B, 0x2B, 0x27, 0x28, 0x29, 0x33, 0x34, 0x35, 0x3A, // Enter to Caps Lock
        0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x41, 0x42, 0x43, 0x44, 0x57, 0x58, // F1 to F12
        0xB7, 0x46, 0x00, // Print Screen, Scroll Lock, Pause
        0xD2, 0xC7, 0xC9, 0xD3, 0xCF, 0xD1, 0xCD, 0xCB, 0xD0, 0xC8, // Insert, Home, Page Up, Delete, End, Page Down, arrows
        0x45, 0xB5, 0x37, 0x4A, 0x4E, 0x9C, 0x4F, 0x50, 0x51, 0x4B, 0x4C, 0x4D, 0x47, 0x48, 0x49, 0x52, 0x53, // keypad
        0x56, 0xDD, 0xDE, 0x59, // the key beside left Shift, menu, power, keypad =
        0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x76, // F13 to F24
    ];

    // From usage 85h on: keypad comma, keypad =, international 1 to 9, language 1 to 5.
    private static ReadOnlySpan<byte> International =>
    [
        0x7E, 0x00, 0x73, 0x70, 0x7D, 0x79, 0x7B, 0x5C, 0x00, 0x00, 0x00, 0x72, 0x71, 0x78, 0x77, 0x76,
    ];

    private static ReadOnlySpan<byte> Modifiers => [0x1D, 0x2A, 0x38, 0xDB, 0x9D, 0x36, 0xB8, 0xDC];

    /// <summary>The key with a usage.</summary>
    /// <returns>See <see cref="ScanCode"/>; 0 when PC keyboards have no such key.</returns>
    public static ushort ToScanCode(byte usage)
    {
        const byte FirstKey = 0x04;
        const byte FirstInternational = 0x85;
        const byte Pause = 0x48;
        if (usage == Pause)
        {
            return ScanCode.Pause;
        }

        if (usage >= FirstKey && usage - FirstKey < Keys.Length)
        {
            return Widen(Keys[usage - FirstKey]);
        }

        if (usage >= FirstInternational && usage - FirstInternational < International.Length)
        {
            return Widen(International[usage - FirstInternational]);
        }

        return usage >= FirstModifier && usage - FirstModifier < Modifiers.Length ? Widen(Modifiers[usage - FirstModifier]) : (ushort)0;
    }

    private static ushort Widen(byte code) => (ushort)((code & 0x7F) | ((code & ExtendedBit) != 0 ? Hotkey.Extended : 0));
}
