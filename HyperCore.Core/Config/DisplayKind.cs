namespace HyperCore.Core.Config;

/// <summary>What a VM has for a screen: the value of <c>display</c>.</summary>
public enum DisplayKind
{
    /// <summary><c>mediated</c>: the real framebuffer while in the foreground, a shadow of it otherwise.</summary>
    Mediated,

    /// <summary><c>none</c>: no framebuffer; the VM is reached through its serial port.</summary>
    None,
}
