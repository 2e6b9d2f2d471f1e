namespace HyperCore.Core.Devices;

/// <summary>A wire from a device to the interrupt controllers.</summary>
public abstract class InterruptLine
{
    /// <summary>Drives the wire. Setting the level it already has does nothing.</summary>
    /// <param name="asserted">True to assert (for an edge-triggered input the rising edge is the interrupt).</param>
    public abstract void Set(bool asserted);

    /// <summary>Asserts and deasserts: one edge.</summary>
    public void Pulse()
    {
        Set(true);
        Set(false);
    }
}
