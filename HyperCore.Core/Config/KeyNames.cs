using System;
using HyperCore.Core.Console;

namespace HyperCore.Core.Config;

/// <summary>Names of keys as hypercore.conf writes them, and their make codes in scan code set 1 (IBM PS/2 technical reference, Keyboard).</summary>
internal static class KeyNames
{
    /// <summary>Make codes of a to z.</summary>
    private static ReadOnlySpan<byte> Letters =>
    [
        0x1E, 0x30, 0x2E, 0x20, 0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26, 0x32,
        0x31, 0x18, 0x19, 0x10, 0x13, 0x1F, 0x14, 0x16, 0x2F, 0x11, 0x2D, 0x15, 0x2C,
    ];

    /// <summary>Finds a modifier.</summary>
    public static bool TryFindModifier(ReadOnlySpan<char> name, out KeyModifiers modifier)
    {
        modifier = name switch
        {
            "ctrl" or "control" => KeyModifiers.Ctrl,
            "alt" => KeyModifiers.Alt,
            "shift" => KeyModifiers.Shift,
            "win" or "super" => KeyModifiers.Meta,
            _ => KeyModifiers.None,
        };
        return modifier != KeyModifiers.None;
    }

    /// <summary>Finds a key that is not a modifier.</summary>
    /// <param name="name">The name.</param>
    /// <param name="code">The key in the form of <see cref="Hotkey.Code"/>.</param>
    public static bool TryFindKey(ReadOnlySpan<char> name, out ushort code)
    {
        code = (ushort)Find(name);
        return code != 0;
    }

    private static int Find(ReadOnlySpan<char> name)
    {
        if (name.Length == 1)
        {
            char key = name[0];
            return key switch
            {
                >= 'a' and <= 'z' => Letters[key - 'a'],
                >= '1' and <= '9' => key - '1' + 0x02,
                '0' => 0x0B,
                _ => 0,
            };
        }

        return name switch
        {
            "f1" => 0x3B,
            "f2" => 0x3C,
            "f3" => 0x3D,
            "f4" => 0x3E,
            "f5" => 0x3F,
            "f6" => 0x40,
            "f7" => 0x41,
            "f8" => 0x42,
            "f9" => 0x43,
            "f10" => 0x44,
            "f11" => 0x57,
            "f12" => 0x58,
            "esc" or "escape" => 0x01,
            "backspace" => 0x0E,
            "tab" => 0x0F,
            "enter" => 0x1C,
            "space" => 0x39,
            "scrolllock" => 0x46,
            "home" => 0x47 | Hotkey.Extended,
            "up" => 0x48 | Hotkey.Extended,
            "pageup" => 0x49 | Hotkey.Extended,
            "left" => 0x4B | Hotkey.Extended,
            "right" => 0x4D | Hotkey.Extended,
            "end" => 0x4F | Hotkey.Extended,
            "down" => 0x50 | Hotkey.Extended,
            "pagedown" => 0x51 | Hotkey.Extended,
            "insert" => 0x52 | Hotkey.Extended,
            "delete" => 0x53 | Hotkey.Extended,
            _ => 0,
        };
    }
}
