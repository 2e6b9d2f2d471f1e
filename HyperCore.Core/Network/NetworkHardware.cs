namespace HyperCore.Core.Network;

/// <summary>A network card's registers and what its driver needs of the PCI function. BARs that the driver did not ask for are not mapped.</summary>
public abstract class NetworkHardware
{
    /// <summary>Interrupts that have come so far; it only ever grows.</summary>
    public abstract uint InterruptCount { get; }

    /// <summary>The card can interrupt, by its first message.</summary>
    public abstract bool HasInterrupt { get; }

    /// <summary>Reads a byte.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    public abstract byte Read8(int bar, uint offset);

    /// <summary>Reads two bytes.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    public abstract ushort Read16(int bar, uint offset);

    /// <summary>Reads four bytes.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    public abstract uint Read32(int bar, uint offset);

    /// <summary>Writes a byte.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    /// <param name="value">The value.</param>
    public abstract void Write8(int bar, uint offset, byte value);

    /// <summary>Writes two bytes.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    /// <param name="value">The value.</param>
    public abstract void Write16(int bar, uint offset, ushort value);

    /// <summary>Writes four bytes.</summary>
    /// <param name="bar">The base address register.</param>
    /// <param name="offset">The offset there.</param>
    /// <param name="value">The value.</param>
    public abstract void Write32(int bar, uint offset, uint value);

    /// <summary>Lets the card reach memory. Called once it is reset and has forgotten what the firmware told it.</summary>
    public abstract void EnableDma();
}
