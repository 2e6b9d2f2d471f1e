using System;

namespace HyperCore.Core.Console;

/// <summary>The modifier keys that are down, left or right.</summary>
[Flags]
public enum KeyModifiers : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A Ctrl key.</summary>
    Ctrl = 1,

    /// <summary>An Alt key, AltGr included.</summary>
    Alt = 2,

    /// <summary>A Shift key.</summary>
    Shift = 4,

    /// <summary>A Windows or command key.</summary>
    Meta = 8,
}
