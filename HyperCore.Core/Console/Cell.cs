using System;
using System.Runtime.InteropServices;

namespace HyperCore.Core.Console;

/// <summary>One character position of a <see cref="TextScreen"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
public readonly struct Cell : IEquatable<Cell>
{
    /// <summary>A character in its colours.</summary>
    public Cell(char character, Color foreground, Color background)
    {
        Character = character;
        Foreground = foreground;
        Background = background;
    }

    /// <summary>What is shown.</summary>
    public char Character { get; }

    /// <summary>The colour of the character.</summary>
    public Color Foreground { get; }

    /// <summary>The colour behind it.</summary>
    public Color Background { get; }

    /// <summary>They look the same.</summary>
    public static bool operator ==(Cell left, Cell right) => left.Equals(right);

    /// <summary>They look different.</summary>
    public static bool operator !=(Cell left, Cell right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Cell other) => Character == other.Character && Foreground == other.Foreground && Background == other.Background;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cell other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Character | ((int)Foreground << 16) | ((int)Background << 24);
}
