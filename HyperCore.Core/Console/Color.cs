namespace HyperCore.Core.Console;

/// <summary>A colour by its role; <see cref="Palette"/> knows what it looks like on a screen and on a terminal.</summary>
public enum Color : byte
{
    /// <summary>Behind everything.</summary>
    Background,

    /// <summary>Behind a panel.</summary>
    Panel,

    /// <summary>A panel's frame.</summary>
    Border,

    /// <summary>Ordinary text.</summary>
    Text,

    /// <summary>Text of less weight: labels, units, hints.</summary>
    Dim,

    /// <summary>Text of more weight.</summary>
    Bright,

    /// <summary>Titles.</summary>
    Accent,

    /// <summary>Running, present, done.</summary>
    Green,

    /// <summary>Paused, careful.</summary>
    Amber,

    /// <summary>Failed, missing.</summary>
    Red,

    /// <summary>On its way.</summary>
    Cyan,

    /// <summary>Behind the header line.</summary>
    Header,

    /// <summary>The header's main text.</summary>
    HeaderText,

    /// <summary>The header's other text.</summary>
    HeaderDim,

    /// <summary>Behind the chosen line.</summary>
    Selection,

    /// <summary>Text of the chosen line.</summary>
    SelectionText,

    /// <summary>Behind the footer line.</summary>
    Footer,

    /// <summary>Behind a key's name.</summary>
    KeyCap,

    /// <summary>A key's name.</summary>
    KeyCapText,

    /// <summary>Behind a question.</summary>
    Dialog,

    /// <summary>Behind a button that is not chosen.</summary>
    Button,

    /// <summary>Behind a report of errors.</summary>
    Alarm,

    /// <summary>Behind the panic screen.</summary>
    Panic,

    /// <summary>The panic screen's main text.</summary>
    PanicText,

    /// <summary>The panic screen's other text.</summary>
    PanicDim,
}
