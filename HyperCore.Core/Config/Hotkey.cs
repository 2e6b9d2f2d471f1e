namespace HyperCore.Core.Config;

/// <summary>A key combination in the terms of keyboard hardware: modifiers, and the scan code (set 1) of the key that completes it.</summary>
/// <param name="modifiers">The modifiers that must be held, no others.</param>
/// <param name="scanCode">Make code of scan code set 1, without its E0 prefix.</param>
/// <param name="extended">The make code has an E0 prefix.</param>
public readonly struct Hotkey(KeyModifiers modifiers, byte scanCode, bool extended)
{
    /// <summary>The modifiers that must be held, no others.</summary>
    public readonly KeyModifiers Modifiers = modifiers;

    /// <summary>Make code of scan code set 1, without its E0 prefix; 0 when there is no hotkey.</summary>
    public readonly byte ScanCode = scanCode;

    /// <summary>The make code has an E0 prefix.</summary>
    public readonly bool Extended = extended;

    /// <summary>Ctrl+Alt+Home: to the menu.</summary>
    public static Hotkey DefaultMenu => new(KeyModifiers.Control | KeyModifiers.Alt, 0x47, true);

    /// <summary>Ctrl+Alt+Page Down: to the next VM.</summary>
    public static Hotkey DefaultNext => new(KeyModifiers.Control | KeyModifiers.Alt, 0x51, true);

    /// <summary>This is the same combination as <paramref name="other"/>.</summary>
    public bool Is(Hotkey other) => Modifiers == other.Modifiers && ScanCode == other.ScanCode && Extended == other.Extended;

    /// <summary>Pressing the key with these modifiers held is this hotkey.</summary>
    public bool Matches(KeyModifiers held, byte scanCode, bool extended) =>
        ScanCode != 0 && Modifiers == held && ScanCode == scanCode && Extended == extended;
}
