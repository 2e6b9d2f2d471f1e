namespace HyperCore.Core.Virtio;

/// <summary>
/// Makes durable what a guest has written to a disk, on another processor if need be. The device begins a flush and asks later how it ended; who ends
/// it calls <see cref="VirtioDevice.Resume"/>. All with the VM's lock held.
/// </summary>
public abstract class DiskFlush
{
    /// <summary>A flush was begun and has not ended.</summary>
    public abstract bool IsWaiting { get; }

    /// <summary>The last flush failed: not everything is durable.</summary>
    public abstract bool HasFailed { get; }

    /// <summary>Begins a flush of everything that was written so far. None is waiting.</summary>
    public abstract void Begin();

    /// <summary>Nobody wants to know any more how the flush ends.</summary>
    public abstract void Cancel();
}
