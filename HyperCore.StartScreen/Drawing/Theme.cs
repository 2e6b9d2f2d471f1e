namespace HyperCore.StartScreen.Drawing;

/// <summary>The colours of the start screen, 0xRRGGBB: those of HyperCore's menu, with a little more light.</summary>
internal static class Theme
{
    /// <summary>Behind everything, at the top.</summary>
    public const uint BackgroundTop = 0x1B3A63;

    /// <summary>Behind everything, at the bottom.</summary>
    public const uint BackgroundBottom = 0x0B1018;

    /// <summary>A tile or a line of a form.</summary>
    public const uint Panel = 0x1E2A3B;

    /// <summary>What is chosen.</summary>
    public const uint Selection = 0x2A6FD6;

    /// <summary>The rim of what is chosen.</summary>
    public const uint SelectionRim = 0x9CC8FF;

    /// <summary>Where text is entered.</summary>
    public const uint Field = 0x0A1524;

    /// <summary>Ordinary text.</summary>
    public const uint Text = 0xE6ECF4;

    /// <summary>Text of less weight.</summary>
    public const uint Dim = 0x9DB0C8;

    /// <summary>Text of more weight.</summary>
    public const uint Bright = 0xFFFFFF;

    /// <summary>What is good.</summary>
    public const uint Green = 0x56D386;

    /// <summary>What one should know of.</summary>
    public const uint Amber = 0xF2B94D;

    /// <summary>What is wrong.</summary>
    public const uint Red = 0xFF7570;

    /// <summary>The browser's picture.</summary>
    public const uint Browser = 0x54C0FF;

    /// <summary>The mail program's picture.</summary>
    public const uint Mail = 0xF2C14D;

    /// <summary>The terminal's picture.</summary>
    public const uint Terminal = 0x6FE0A0;

    /// <summary>The settings' picture.</summary>
    public const uint Settings = 0xC3A6FF;

    /// <summary>The picture of the way to the menu.</summary>
    public const uint Menu = 0xFF9C8A;
}
