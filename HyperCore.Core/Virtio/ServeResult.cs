namespace HyperCore.Core.Virtio;

/// <summary>How far a device came with a queue.</summary>
public enum ServeResult
{
    /// <summary>Nothing is left to do until the driver makes more buffers available.</summary>
    Idle,

    /// <summary>The share of time is used up; go on soon.</summary>
    More,

    /// <summary>Something outside of the VM has to change first; look again later.</summary>
    Blocked,

    /// <summary>The driver broke the rules: the device needs a reset.</summary>
    Broken,
}
