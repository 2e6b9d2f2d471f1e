namespace HyperCore.Core.Devices;

/// <summary>
/// A chip with an 8-bit data bus. As on a PC, a wider access to one of its ports becomes several byte accesses to consecutive
/// ports, lowest first.
/// </summary>
public abstract class BytePortDevice : Device
{
    /// <inheritdoc/>
    public sealed override uint ReadPort(ushort port, int size) => size == 1 ? ReadByte(port) : ReadBytes(port, size);

    /// <inheritdoc/>
    public sealed override void WritePort(ushort port, int size, uint value)
    {
        if (size == 1)
        {
            WriteByte(port, (byte)value);
        }
        else
        {
            WriteBytes(port, size, value);
        }
    }

    /// <summary>Reads a byte; 0xFF for a port the chip does not decode.</summary>
    protected abstract byte ReadByte(ushort port);

    /// <summary>Writes a byte; a port the chip does not decode ignores it.</summary>
    protected abstract void WriteByte(ushort port, byte value);

    private uint ReadBytes(ushort port, int size)
    {
        uint value = 0;
        for (int i = 0; i < size && i < 4; i++)
        {
            value |= (uint)ReadByte((ushort)(port + i)) << (8 * i);
        }

        return value;
    }

    private void WriteBytes(ushort port, int size, uint value)
    {
        for (int i = 0; i < size && i < 4; i++)
        {
            WriteByte((ushort)(port + i), (byte)(value >> (8 * i)));
        }
    }
}
