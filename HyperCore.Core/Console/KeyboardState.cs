namespace HyperCore.Core.Console;

/// <summary>Turns the bytes of a keyboard in scan code set 1 into key events and follows the modifiers.</summary>
public sealed class KeyboardState
{
    // One bit a modifier key, in the order of ModifierBit.
    private int _modifierKeys;
    private byte _prefix;
    private int _skip;

    /// <summary>The modifiers that are down.</summary>
    public KeyModifiers Modifiers
    {
        get
        {
            KeyModifiers modifiers = KeyModifiers.None;
            modifiers |= (_modifierKeys & 0x03) != 0 ? KeyModifiers.Ctrl : 0;
            modifiers |= (_modifierKeys & 0x0C) != 0 ? KeyModifiers.Alt : 0;
            modifiers |= (_modifierKeys & 0x30) != 0 ? KeyModifiers.Shift : 0;
            modifiers |= (_modifierKeys & 0xC0) != 0 ? KeyModifiers.Meta : 0;
            return modifiers;
        }
    }

    /// <summary>Takes the next byte. Not for the keyboard's answers to commands: those are the driver's.</summary>
    /// <returns>True when the byte completes a key event.</returns>
    public bool Feed(byte value, out KeyEvent keyEvent)
    {
        keyEvent = default;
        if (_skip > 0)
        {
            // The rest of Pause, which comes in one piece: E1 1D 45 E1 9D C5.
            if (--_skip > 0)
            {
                return false;
            }

            keyEvent = new KeyEvent(ScanCode.Pause, true, Modifiers);
            return true;
        }

        if (value is 0xE0)
        {
            _prefix = value;
            return false;
        }

        if (value is 0xE1)
        {
            _prefix = 0;
            _skip = 5;
            return false;
        }

        bool extended = _prefix == 0xE0;
        _prefix = 0;
        int code = value & 0x7F;

        // 00 and FF: the keyboard's buffer was full. E0 2A, E0 36: shifts the keyboard makes up around some keys (PrintScreen, the grey
        // keys with NumLock); they say nothing about the real ones.
        if (value is 0x00 or 0xFF || code == 0 || (extended && code is ScanCode.LeftShift or ScanCode.RightShift))
        {
            return false;
        }

        if (extended)
        {
            code |= Hotkey.Extended;
        }

        bool pressed = (value & 0x80) == 0;
        int bit = ModifierBit((ushort)code);
        _modifierKeys = pressed ? _modifierKeys | bit : _modifierKeys & ~bit;
        keyEvent = new KeyEvent((ushort)code, pressed, Modifiers);
        return true;
    }

    /// <summary>Forgets a prefix and the modifiers: the keyboard was reset.</summary>
    public void Reset()
    {
        _modifierKeys = 0;
        _prefix = 0;
        _skip = 0;
    }

    private static int ModifierBit(ushort code) => code switch
    {
        ScanCode.LeftCtrl => 0x01,
        ScanCode.RightCtrl => 0x02,
        ScanCode.LeftAlt => 0x04,
        ScanCode.RightAlt => 0x08,
        ScanCode.LeftShift => 0x10,
        ScanCode.RightShift => 0x20,
        ScanCode.LeftMeta => 0x40,
        ScanCode.RightMeta => 0x80,
        _ => 0,
    };
}
