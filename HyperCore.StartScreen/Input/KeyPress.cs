namespace HyperCore.StartScreen.Input;

/// <summary>A key that was pressed.</summary>
/// <param name="Key">Which.</param>
/// <param name="Character">What was typed, for <see cref="Key.Character"/>.</param>
internal readonly record struct KeyPress(Key Key, char Character = '\0');
