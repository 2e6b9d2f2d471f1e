namespace HyperCore.Core.Devices;

/// <summary>Where a UART's transmitted bytes go.</summary>
public abstract class SerialOutput
{
    /// <summary>Takes a byte. It must not block: the guest waits.</summary>
    public abstract void Write(byte value);

    /// <summary>How many bytes it can take now without a loss. A device that can make its driver wait does not write more.</summary>
    public virtual int Room => int.MaxValue;

    /// <summary>Forgets what has been taken and not yet passed on.</summary>
    public virtual void Discard()
    {
    }
}
