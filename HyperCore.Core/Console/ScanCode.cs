namespace HyperCore.Core.Console;

/// <summary>Keys as PC keyboards name them: make codes of scan code set 1 (IBM PS/2 Technical Reference, keyboard), with E0 as <see cref="Hotkey.Extended"/>.</summary>
public static class ScanCode
{
    /// <summary>Set for the one key with the prefix E1.</summary>
    public const ushort PrefixE1 = 0x200;

#pragma warning disable CS1591 // the names say it
    public const ushort Escape = 0x01;
    public const ushort Digit1 = 0x02;
    public const ushort Digit9 = 0x0A;
    public const ushort Digit0 = 0x0B;
    public const ushort Backspace = 0x0E;
    public const ushort Tab = 0x0F;
    public const ushort Q = 0x10;
    public const ushort E = 0x12;
    public const ushort R = 0x13;
    public const ushort Y = 0x15;
    public const ushort I = 0x17;
    public const ushort P = 0x19;
    public const ushort Enter = 0x1C;
    public const ushort LeftCtrl = 0x1D;
    public const ushort S = 0x1F;
    public const ushort L = 0x26;
    public const ushort LeftShift = 0x2A;
    public const ushort Z = 0x2C;
    public const ushort B = 0x30;
    public const ushort N = 0x31;
    public const ushort RightShift = 0x36;
    public const ushort LeftAlt = 0x38;
    public const ushort Space = 0x39;
    public const ushort F5 = 0x3F;
    public const ushort Keypad7 = 0x47;
    public const ushort Keypad8 = 0x48;
    public const ushort Keypad9 = 0x49;
    public const ushort Keypad1 = 0x4F;
    public const ushort Keypad2 = 0x50;
    public const ushort Keypad3 = 0x51;
    public const ushort KeypadEnter = 0x11C;
    public const ushort RightCtrl = 0x11D;
    public const ushort RightAlt = 0x138;
    public const ushort Home = 0x147;
    public const ushort Up = 0x148;
    public const ushort PageUp = 0x149;
    public const ushort Left = 0x14B;
    public const ushort Right = 0x14D;
    public const ushort End = 0x14F;
    public const ushort Down = 0x150;
    public const ushort PageDown = 0x151;
    public const ushort LeftMeta = 0x15B;
    public const ushort RightMeta = 0x15C;
    public const ushort Pause = PrefixE1 | 0x45;
#pragma warning restore CS1591
}
