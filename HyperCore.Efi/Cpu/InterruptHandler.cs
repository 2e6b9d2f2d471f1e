namespace HyperCore.Efi.Cpu;

/// <summary>
/// What runs when a vector arrives. It runs with interrupts off on the stack of the code it interrupted, must be short, and must not
/// allocate. End of interrupt is signalled by <see cref="InterruptTable"/> afterwards.
/// </summary>
public abstract class InterruptHandler
{
    /// <summary>Handles one interrupt.</summary>
    public abstract void Handle();
}
