using System;

namespace HyperCore.Core.Console;

/// <summary>A key combination, as <c>ctrl+alt+home</c> in the configuration file names one.</summary>
public readonly struct Hotkey : IEquatable<Hotkey>
{
    /// <summary>Set in <see cref="Code"/> for a key whose scan code has the prefix E0.</summary>
    public const ushort Extended = 0x100;

    /// <summary>Names a key combination.</summary>
    /// <param name="modifiers">The modifiers that must be down; exactly these.</param>
    /// <param name="code">The key: its set-1 make code (1 to 7Fh), with <see cref="Extended"/> for the prefix E0.</param>
    public Hotkey(KeyModifiers modifiers, ushort code)
    {
        Modifiers = modifiers;
        Code = code;
    }

    /// <summary>The modifiers that must be down, and no others.</summary>
    public KeyModifiers Modifiers { get; }

    /// <summary>The key: its set-1 make code, with <see cref="Extended"/> for the prefix E0. 0 is no key: such a hotkey is never pressed.</summary>
    public ushort Code { get; }

    /// <summary>There is such a hotkey: a key is named.</summary>
    public bool IsSet => Code != 0;

    /// <summary>Both name the same combination.</summary>
    public static bool operator ==(Hotkey left, Hotkey right) => left.Equals(right);

    /// <summary>The two name different combinations.</summary>
    public static bool operator !=(Hotkey left, Hotkey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Hotkey other) => Modifiers == other.Modifiers && Code == other.Code;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hotkey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Modifiers << 16) | Code;
}
