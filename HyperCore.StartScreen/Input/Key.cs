namespace HyperCore.StartScreen.Input;

/// <summary>A key that means something to the start screen.</summary>
internal enum Key
{
    /// <summary>None, or one without a meaning here.</summary>
    None,

    /// <summary>A character was typed.</summary>
    Character,

    /// <summary>Enter.</summary>
    Enter,

    /// <summary>Escape.</summary>
    Escape,

    /// <summary>Backspace.</summary>
    Backspace,

    /// <summary>Delete.</summary>
    Delete,

    /// <summary>Tab.</summary>
    Tab,

    /// <summary>Cursor up.</summary>
    Up,

    /// <summary>Cursor down.</summary>
    Down,

    /// <summary>Cursor left.</summary>
    Left,

    /// <summary>Cursor right.</summary>
    Right,

    /// <summary>Home.</summary>
    Home,

    /// <summary>End.</summary>
    End,

    /// <summary>Page up.</summary>
    PageUp,

    /// <summary>Page down.</summary>
    PageDown,
}
