namespace HyperCore.Core.Devices;

/// <summary>
/// The neutral form of a key: its make code in scan code set 1 (what an 8042 delivers), with the prefix E0h or E1h, if it has one, in the
/// high byte. So <c>A</c> is 001Eh and right Ctrl E01Dh.
/// </summary>
/// <remarks>
/// Pause and Print Screen, which real keyboards send as long sequences, are <see cref="Pause"/> and <see cref="PrintScreen"/>. Fake shifts
/// (E0 2A, E0 36 and their breaks) are not keys: whoever reads a real keyboard drops them.
/// </remarks>
public static class KeyCode
{
    /// <summary>High byte of keys with the prefix E0h.</summary>
    public const ushort Extended = 0xE000;

    /// <summary>Pause; with Ctrl it is Break. It repeats never and has no break code.</summary>
    public const ushort Pause = 0xE11D;

    /// <summary>Print Screen; with Alt it is SysRq.</summary>
    public const ushort PrintScreen = 0xE037;

    /// <summary>Left Ctrl.</summary>
    public const ushort LeftControl = 0x001D;

    /// <summary>Right Ctrl.</summary>
    public const ushort RightControl = 0xE01D;

    /// <summary>Left Alt.</summary>
    public const ushort LeftAlt = 0x0038;

    /// <summary>Right Alt.</summary>
    public const ushort RightAlt = 0xE038;

    /// <summary>Left Shift.</summary>
    public const ushort LeftShift = 0x002A;

    /// <summary>Right Shift.</summary>
    public const ushort RightShift = 0x0036;
}
