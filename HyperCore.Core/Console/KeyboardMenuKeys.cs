namespace HyperCore.Core.Console;

/// <summary>What the keys of a keyboard mean to the menu, by their places on a US keyboard.</summary>
public static class KeyboardMenuKeys
{
    /// <summary>The menu's key for an event; <see cref="MenuKey.None"/> for releases, modifiers and what Ctrl, Alt or Meta is held with.</summary>
    public static MenuKey From(in KeyEvent keyEvent)
    {
        if (!keyEvent.Pressed || (keyEvent.Modifiers & ~KeyModifiers.Shift) != 0)
        {
            return MenuKey.None;
        }

        return keyEvent.Code switch
        {
            ScanCode.Escape => MenuKey.Escape,
            >= ScanCode.Digit1 and <= ScanCode.Digit9 => (MenuKey)('1' + (keyEvent.Code - ScanCode.Digit1)),
            ScanCode.Digit0 => MenuKey.Digit0,
            ScanCode.Tab => MenuKey.Tab,
            ScanCode.Enter or ScanCode.KeypadEnter => MenuKey.Enter,
            ScanCode.Space => MenuKey.Space,
            ScanCode.B => MenuKey.B,
            ScanCode.E => MenuKey.E,
            ScanCode.I => MenuKey.I,
            ScanCode.L => MenuKey.L,
            ScanCode.N => MenuKey.N,
            ScanCode.P => MenuKey.P,
            ScanCode.Q => MenuKey.Q,
            ScanCode.R => MenuKey.R,
            ScanCode.S => MenuKey.S,
            ScanCode.Y => MenuKey.Y,
            ScanCode.Z => MenuKey.Z,
            ScanCode.F5 => MenuKey.Refresh,
            ScanCode.Up or ScanCode.Keypad8 => MenuKey.Up,
            ScanCode.Down or ScanCode.Keypad2 => MenuKey.Down,
            ScanCode.Left => MenuKey.Left,
            ScanCode.Right => MenuKey.Right,
            ScanCode.PageUp or ScanCode.Keypad9 => MenuKey.PageUp,
            ScanCode.PageDown or ScanCode.Keypad3 => MenuKey.PageDown,
            ScanCode.Home or ScanCode.Keypad7 => MenuKey.Home,
            ScanCode.End or ScanCode.Keypad1 => MenuKey.End,
            ScanCode.LeftShift or ScanCode.RightShift => MenuKey.None,
            _ => MenuKey.Other,
        };
    }
}
