namespace HyperCore.Core.Console;

/// <summary>What <see cref="HotkeyMatcher"/> says about a key event.</summary>
public enum HotkeyResult
{
    /// <summary>Not HyperCore's: hand it to whoever has the keyboard.</summary>
    Pass,

    /// <summary>Part of a hotkey that was acted upon already (it repeats or is released): nobody gets it.</summary>
    Swallow,

    /// <summary>The hotkey to the menu was pressed; nobody else gets it.</summary>
    Menu,

    /// <summary>The hotkey to the next VM was pressed; nobody else gets it.</summary>
    Next,
}
