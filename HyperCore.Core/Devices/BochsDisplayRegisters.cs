namespace HyperCore.Core.Devices;

/// <summary>The registers behind BAR 2 of a <see cref="BochsDisplay"/> (QEMU, "Standard VGA", "MMIO area spec").</summary>
/// <param name="display">The display.</param>
/// <param name="edid">What its monitor says of itself.</param>
internal sealed class BochsDisplayRegisters(BochsDisplay display, byte[] edid) : Device
{
    /// <summary>Bytes of the BAR.</summary>
    public const ulong Length = 0x1000;

    /// <summary>Where the VGA ports from 3C0h on are.</summary>
    public const int VgaOffset = 0x400;

    /// <summary>Where the mode registers are, 16 bits each.</summary>
    public const int DispiOffset = 0x500;

    /// <summary>Number of bytes of the extended registers, 32 bits.</summary>
    public const int ExtensionSizeOffset = 0x600;

    /// <summary>Byte order, 32 bits.</summary>
    public const int ByteOrderOffset = 0x604;

    private const uint ExtensionSize = 8;
    private const uint LittleEndian = 0x1E1E_1E1E;
    private const uint BigEndian = 0xBEBE_BEBE;

    /// <inheritdoc/>
    public override string Name => "display registers";

    /// <inheritdoc/>
    public override ulong ReadMmio(ulong offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && i < 8; i++)
        {
            value |= (ulong)ReadByte(offset + (ulong)i) << (8 * i);
        }

        return value;
    }

    /// <inheritdoc/>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        if (offset is >= VgaOffset and < VgaOffset + VgaRegisters.PortCount)
        {
            int room = VgaOffset + VgaRegisters.PortCount - (int)offset;
            display.WriteVga((ushort)(VgaRegisters.FirstPort + (int)offset - VgaOffset), size < room ? size : room, (uint)value);
        }
        else if (offset is >= DispiOffset and < DispiOffset + (2 * DispiIndex.Count) && (offset & 1) == 0)
        {
            // One or two registers at a time, as wide as the access is.
            for (int i = 0; i + 2 <= size; i += 2)
            {
                display.WriteRegister(((int)offset - DispiOffset + i) / 2, (ushort)(value >> (8 * i)));
            }
        }
        else if (offset == ByteOrderOffset && size == 4 && (uint)value is LittleEndian or BigEndian)
        {
            display.SetByteOrder((uint)value == BigEndian);
        }
    }

    private byte ReadByte(ulong offset)
    {
        int lane = (int)(offset & 3) * 8;
        return offset switch
        {
            < VgaOffset => offset < (ulong)edid.Length ? edid[(int)offset] : (byte)0,
            < VgaOffset + VgaRegisters.PortCount => (byte)display.Vga.ReadPort((ushort)(VgaRegisters.FirstPort + (int)offset - VgaOffset), 1),
            >= DispiOffset and < DispiOffset + (2 * DispiIndex.Count) => (byte)(display.Registers.Read(((int)offset - DispiOffset) >> 1) >> (int)((offset & 1) * 8)),
            >= ExtensionSizeOffset and < ByteOrderOffset => (byte)(ExtensionSize >> lane),
            >= ByteOrderOffset and < ByteOrderOffset + 4 => (byte)((display.IsBigEndian ? BigEndian : LittleEndian) >> lane),
            _ => 0xFF,
        };
    }
}
