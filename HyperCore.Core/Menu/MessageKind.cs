namespace HyperCore.Core.Menu;

/// <summary>How the menu's message line is to be taken.</summary>
public enum MessageKind
{
    /// <summary>Something was done, or is as the person wanted.</summary>
    Information,

    /// <summary>Something did not work.</summary>
    Error,

    /// <summary>A key has to be pressed again before something is done.</summary>
    Question,
}
