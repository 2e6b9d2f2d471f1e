namespace HyperCore.Core.Config;

/// <summary>Where the log and the menu are mirrored: the value of <c>serial</c>.</summary>
public enum SerialPort
{
    /// <summary><c>none</c>.</summary>
    None,

    /// <summary><c>com1</c>, port 3F8h.</summary>
    Com1,

    /// <summary><c>com2</c>, port 2F8h.</summary>
    Com2,
}
