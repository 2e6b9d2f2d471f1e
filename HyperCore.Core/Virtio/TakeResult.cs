namespace HyperCore.Core.Virtio;

/// <summary>What became of the attempt to take a buffer from a ring.</summary>
public enum TakeResult
{
    /// <summary>The driver has made none available.</summary>
    Empty,

    /// <summary>A buffer was taken.</summary>
    Taken,

    /// <summary>The ring is not what the specification allows: the device needs a reset.</summary>
    Broken,
}
