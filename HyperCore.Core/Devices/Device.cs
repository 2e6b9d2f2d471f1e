namespace HyperCore.Core.Devices;

/// <summary>
/// One chip of the virtual PC. A device overrides what it decodes; the rest behaves as on a PC bus where nothing answers:
/// reads return all ones and writes are lost.
/// </summary>
public abstract class Device
{
    /// <summary>The chip's name, as it appears in messages: <c>8254</c>, <c>I/O APIC</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Reads <paramref name="size"/> (1, 2 or 4) bytes from I/O port <paramref name="port"/>.</summary>
    public virtual uint ReadPort(ushort port, int size) => 0xFFFF_FFFF;

    /// <summary>Writes <paramref name="size"/> (1, 2 or 4) bytes to I/O port <paramref name="port"/>.</summary>
    public virtual void WritePort(ushort port, int size, uint value)
    {
    }

    /// <summary>Reads <paramref name="size"/> (1, 2, 4 or 8) bytes at <paramref name="offset"/> into the device's memory range.</summary>
    public virtual ulong ReadMmio(ulong offset, int size) => 0xFFFF_FFFF_FFFF_FFFF;

    /// <summary>Writes <paramref name="size"/> (1, 2, 4 or 8) bytes at <paramref name="offset"/> into the device's memory range.</summary>
    public virtual void WriteMmio(ulong offset, int size, ulong value)
    {
    }

    /// <summary>Puts the device into the state it has after power-on. A VM's devices are built once and reset at each start.</summary>
    public virtual void Reset()
    {
    }
}
