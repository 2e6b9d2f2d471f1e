namespace HyperCore.Core.Console;

/// <summary>A key as the menu understands it, whether it came from the keyboard or the serial line. Letters and digits have their ASCII codes.</summary>
public enum MenuKey : ushort
{
    /// <summary>No key.</summary>
    None,

    /// <summary>Tab.</summary>
    Tab = 0x09,

    /// <summary>Enter.</summary>
    Enter = 0x0D,

    /// <summary>Escape.</summary>
    Escape = 0x1B,

    /// <summary>The space bar.</summary>
    Space = ' ',

    /// <summary>The digit 0; the others follow.</summary>
    Digit0 = '0',

    /// <summary>The digit 1.</summary>
    Digit1 = '1',

    /// <summary>The digit 9.</summary>
    Digit9 = '9',

    /// <summary>The letter b.</summary>
    B = 'b',

    /// <summary>The letter e.</summary>
    E = 'e',

    /// <summary>The letter i.</summary>
    I = 'i',

    /// <summary>The letter l.</summary>
    L = 'l',

    /// <summary>The letter n.</summary>
    N = 'n',

    /// <summary>The letter p.</summary>
    P = 'p',

    /// <summary>The letter q.</summary>
    Q = 'q',

    /// <summary>The letter r.</summary>
    R = 'r',

    /// <summary>The letter s.</summary>
    S = 's',

    /// <summary>The letter y.</summary>
    Y = 'y',

    /// <summary>The letter z, which is where other keyboards have y.</summary>
    Z = 'z',

    /// <summary>Arrow up.</summary>
    Up = 0x100,

    /// <summary>Arrow down.</summary>
    Down,

    /// <summary>Arrow left.</summary>
    Left,

    /// <summary>Arrow right.</summary>
    Right,

    /// <summary>Page up.</summary>
    PageUp,

    /// <summary>Page down.</summary>
    PageDown,

    /// <summary>Home.</summary>
    Home,

    /// <summary>End.</summary>
    End,

    /// <summary>F5, or Ctrl+L on the serial line: draw everything anew.</summary>
    Refresh,

    /// <summary>A key the menu has no use for; it still stops the countdown.</summary>
    Other,
}
