using System;

namespace HyperCore.Core.Config;

/// <summary>Modifier keys of a hotkey. The left and the right key of a kind are the same.</summary>
[Flags]
public enum KeyModifiers : byte
{
    /// <summary>No modifier.</summary>
    None = 0,

    /// <summary>Either Ctrl key.</summary>
    Control = 1,

    /// <summary>Either Alt key.</summary>
    Alt = 2,

    /// <summary>Either Shift key.</summary>
    Shift = 4,

    /// <summary>Either Windows (GUI) key.</summary>
    Windows = 8,
}
