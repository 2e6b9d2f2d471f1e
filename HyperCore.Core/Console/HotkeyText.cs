using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Console;

/// <summary>Writes a key combination the way keyboards name it: <c>Ctrl+Alt+PgDn</c>.</summary>
public static class HotkeyText
{
    // What the make codes of a US keyboard's rows of letters and digits say, one after the other; a blank has no name.
    private const int FirstOfRows = 0x02;
    private const string Rows = "1234567890    QWERTYUIOP    ASDFGHJKL     ZXCVBNM";

    /// <summary>Writes the combination; nothing when there is none.</summary>
    public static void Append(ref TextBuilder text, Hotkey hotkey)
    {
        if (!hotkey.IsSet)
        {
            return;
        }

        AppendModifier(ref text, hotkey, KeyModifiers.Ctrl, "Ctrl+");
        AppendModifier(ref text, hotkey, KeyModifiers.Alt, "Alt+");
        AppendModifier(ref text, hotkey, KeyModifiers.Shift, "Shift+");
        AppendModifier(ref text, hotkey, KeyModifiers.Meta, "Win+");
        int place = hotkey.Code - FirstOfRows;
        if ((uint)place < (uint)Rows.Length && Rows[place] != ' ')
        {
            text.Append(Rows[place]);
        }
        else if (hotkey.Code is >= 0x3B and <= 0x44 or 0x57 or 0x58)
        {
            text.Append('F');
            text.AppendDecimal((long)(hotkey.Code <= 0x44 ? hotkey.Code - 0x3A : hotkey.Code - 0x4C));
        }
        else
        {
            AppendName(ref text, hotkey.Code);
        }
    }

    private static void AppendModifier(ref TextBuilder text, Hotkey hotkey, KeyModifiers modifier, string name)
    {
        if ((hotkey.Modifiers & modifier) != 0)
        {
            text.Append(name);
        }
    }

    private static void AppendName(ref TextBuilder text, ushort code)
    {
        string? name = code switch
        {
            ScanCode.Escape => "Esc",
            ScanCode.Backspace => "Backspace",
            ScanCode.Tab => "Tab",
            ScanCode.Enter => "Enter",
            ScanCode.Space => "Space",
            0x46 => "ScrollLock",
            ScanCode.Home => "Home",
            ScanCode.Up => "Up",
            ScanCode.PageUp => "PgUp",
            ScanCode.Left => "Left",
            ScanCode.Right => "Right",
            ScanCode.End => "End",
            ScanCode.Down => "Down",
            ScanCode.PageDown => "PgDn",
            0x152 => "Ins",
            0x153 => "Del",
            _ => null,
        };
        if (name != null)
        {
            text.Append(name);
            return;
        }

        text.Append("key ");
        text.AppendHex(code, 2);
    }
}
