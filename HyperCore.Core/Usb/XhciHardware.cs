namespace HyperCore.Core.Usb;

/// <summary>A controller's registers and what its driver needs of the PCI function. Registers are read and written 32 bits at a time (xHCI 1.2, 5).</summary>
public abstract class XhciHardware
{
    /// <summary>Bytes of registers that can be reached.</summary>
    public abstract uint Length { get; }

    /// <summary>Interrupts that have come so far; it only ever grows. Stays 0 when the controller has none and is looked at from time to time.</summary>
    public abstract uint InterruptCount { get; }

    /// <summary>The controller can interrupt.</summary>
    public abstract bool HasInterrupt { get; }

    /// <summary>Reads a register.</summary>
    public abstract uint Read32(uint offset);

    /// <summary>Writes a register.</summary>
    public abstract void Write32(uint offset, uint value);

    /// <summary>Lets the controller reach memory. Called once it is reset and has forgotten what the firmware told it.</summary>
    public abstract void EnableDma();
}
