namespace HyperCore.Core.Virtio;

/// <summary>What a virtio device needs of the bus it sits on.</summary>
public abstract class VirtioTransport
{
    /// <summary>The guest lets the device reach its memory.</summary>
    public abstract bool MayAccessMemory { get; }

    /// <summary>Used buffer notification: interrupts the driver because of a queue.</summary>
    public abstract void NotifyUsed(Virtqueue queue);

    /// <summary>Configuration change notification.</summary>
    public abstract void NotifyConfigurationChange();
}
