using System;

namespace HyperCore.Core.Console;

/// <summary>A key went down (or is held and repeats), or went up.</summary>
public readonly struct KeyEvent
{
    /// <summary>Describes what a key did.</summary>
    public KeyEvent(ushort code, bool pressed, KeyModifiers modifiers)
    {
        Code = code;
        Pressed = pressed;
        Modifiers = modifiers;
    }

    /// <summary>The key, see <see cref="ScanCode"/>.</summary>
    public ushort Code { get; }

    /// <summary>It went down or repeats; else it went up.</summary>
    public bool Pressed { get; }

    /// <summary>The modifiers that are down after this event.</summary>
    public KeyModifiers Modifiers { get; }

    /// <summary>Writes the bytes a keyboard sends for this event in scan code set 1.</summary>
    /// <param name="bytes">Room for at least <see cref="MaxBytes"/>.</param>
    /// <returns>How many bytes there are; none for the release of Pause, which sends nothing then.</returns>
    public int Encode(Span<byte> bytes)
    {
        if (Code == ScanCode.Pause)
        {
            if (!Pressed)
            {
                return 0;
            }

            ReadOnlySpan<byte> pause = [0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5];
            pause.CopyTo(bytes);
            return pause.Length;
        }

        int length = 0;
        if ((Code & Hotkey.Extended) != 0)
        {
            bytes[length++] = 0xE0;
        }

        bytes[length++] = (byte)((Code & 0x7F) | (Pressed ? 0 : 0x80));
        return length;
    }

    /// <summary>The most bytes <see cref="Encode"/> writes.</summary>
    public const int MaxBytes = 6;
}
