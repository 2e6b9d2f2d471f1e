namespace HyperCore.Core.Console;

/// <summary>Picks HyperCore's hotkeys out of the keyboard's events before any guest sees them. No guest can switch it off.</summary>
public sealed class HotkeyMatcher
{
    private readonly Hotkey _menu;
    private readonly Hotkey _next;

    // The key whose press was taken and whose release must be taken too; 0 when there is none.
    private ushort _held;

    /// <summary>Looks for two hotkeys; either may be unset.</summary>
    public HotkeyMatcher(Hotkey menu, Hotkey next)
    {
        _menu = menu;
        _next = next;
    }

    /// <summary>Judges the next key event.</summary>
    public HotkeyResult Judge(in KeyEvent keyEvent)
    {
        if (_held != 0 && keyEvent.Code == _held)
        {
            if (!keyEvent.Pressed)
            {
                _held = 0;
            }

            return HotkeyResult.Swallow;
        }

        if (keyEvent.Pressed && Matches(_menu, keyEvent))
        {
            _held = keyEvent.Code;
            return HotkeyResult.Menu;
        }

        if (keyEvent.Pressed && Matches(_next, keyEvent))
        {
            _held = keyEvent.Code;
            return HotkeyResult.Next;
        }

        return HotkeyResult.Pass;
    }

    /// <summary>Forgets a key that is held: the keyboard was reset.</summary>
    public void Reset() => _held = 0;

    private static bool Matches(Hotkey hotkey, in KeyEvent keyEvent) =>
        hotkey.IsSet && keyEvent.Code == hotkey.Code && keyEvent.Modifiers == hotkey.Modifiers;
}
