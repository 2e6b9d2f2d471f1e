namespace HyperCore.Efi.Cpu;

/// <summary>What the interrupt table must know of the local APIC.</summary>
public abstract class InterruptController
{
    /// <summary>Tells the local APIC that the interrupt in service with the highest priority is done.</summary>
    public abstract void EndOfInterrupt();

    /// <summary>A vector is in service, so that it wants an end of interrupt.</summary>
    public abstract bool IsInService(int vector);
}
