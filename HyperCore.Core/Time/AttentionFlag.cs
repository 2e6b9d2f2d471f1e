namespace HyperCore.Core.Time;

/// <summary>
/// Something in a VM's platform has changed that somebody else has to know of: a timer, an interrupt, output, the display. All of them raise
/// the same flag, so that whoever made an access that changed nothing finds that out with one look.
/// </summary>
public sealed class AttentionFlag
{
    /// <summary>Something has changed since the flag was last taken down.</summary>
    public bool IsRaised { get; set; }
}
