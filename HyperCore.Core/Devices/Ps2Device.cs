namespace HyperCore.Core.Devices;

/// <summary>A device on a PS/2 port: bytes come from the host one at a time, and go to it through a queue the controller empties.</summary>
public abstract class Ps2Device
{
    /// <summary>The device took the byte.</summary>
    protected const byte Acknowledge = 0xFA;

    /// <summary>The device does not know the byte; send again.</summary>
    protected const byte Resend = 0xFE;

    /// <summary>Basic assurance test passed.</summary>
    protected const byte SelfTestPassed = 0xAA;

    private protected Ps2Device()
    {
    }

    internal I8042? Controller { get; set; }

    private protected Ps2Queue Queue { get; } = new Ps2Queue();

    /// <summary>The byte sent last, for <see cref="Resend"/>.</summary>
    private protected byte LastSent { get; private set; }

    /// <summary>Puts the device into power-on state.</summary>
    public virtual void Reset()
    {
        Queue.Clear();
        LastSent = 0;
    }

    /// <summary>Takes a byte from the host.</summary>
    internal abstract void Receive(byte value);

    /// <summary>Gives the host the next byte.</summary>
    internal bool TrySend(out byte value)
    {
        if (Queue.IsEmpty)
        {
            PrepareEvent();
        }

        bool sent = Queue.TryTake(out value);
        if (sent && value != Resend)
        {
            LastSent = value;
        }

        return sent;
    }

    /// <summary>The queue is empty: the device may add an event it has saved up.</summary>
    private protected virtual void PrepareEvent()
    {
    }

    /// <summary>Something was added outside of <see cref="Receive"/>: the controller may want to fetch it.</summary>
    private protected void Notify() => Controller?.OnDeviceReady();
}
