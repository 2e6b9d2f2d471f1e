using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Acpi.Host;

/// <summary>The real machine's Fixed ACPI Description Table (ACPI 6.5, 5.2.9): where its power management registers are.</summary>
public sealed class HostFadt
{
    /// <summary>The shortest table that is taken: that of ACPI 1.0, in bytes.</summary>
    public const int MinLength = 116;

    private const uint FlagTimerIs32Bit = 1u << 8;
    private const uint FlagResetRegister = 1u << 10;
    private const uint FlagHardwareReduced = 1u << 20;
    private const ushort BootHas8042 = 1 << 1;

    private HostFadt(ReadOnlySpan<byte> table)
    {
        byte revision = table[8];
        uint flags = U32(table, 112);
        ushort boot = U16(table, 109);
        DsdtAddress = U64(table, 140);
        if (DsdtAddress == 0)
        {
            DsdtAddress = U32(table, 40);
        }

        SciInterrupt = U16(table, 46);
        SmiCommandPort = U32(table, 48);
        AcpiEnableValue = table[52];
        Pm1aEvent = Register(table, 148, U32(table, 56), 32);
        Pm1aControl = Register(table, 172, U32(table, 64), 16);
        Pm1bControl = Register(table, 184, U32(table, 68), 16);
        PmTimer = Register(table, 208, U32(table, 76), 32);
        IsPmTimer32Bit = (flags & FlagTimerIs32Bit) != 0;
        IsHardwareReduced = (flags & FlagHardwareReduced) != 0;
        CenturyRegister = table[108];

        // Before revision 3 the bit may be left clear, and every machine of that day has the controller.
        Has8042 = revision < 3 || (boot & BootHas8042) != 0;
        if ((flags & FlagResetRegister) != 0 && table.Length >= 129)
        {
            Reset = GenericAddress.Read(table.Slice(116, GenericAddress.Length));
            ResetValue = table[128];
        }
    }

    /// <summary>Host-physical address of the DSDT; 0 when there is none.</summary>
    public ulong DsdtAddress { get; }

    /// <summary>The global system interrupt of the SCI.</summary>
    public ushort SciInterrupt { get; }

    /// <summary>The port that takes SMI commands; 0 when there is none.</summary>
    public uint SmiCommandPort { get; }

    /// <summary>What to write to <see cref="SmiCommandPort"/> to hand the ACPI registers to the OS; 0 when they are always the OS's.</summary>
    public byte AcpiEnableValue { get; }

    /// <summary>PM1a event block: status, then enable.</summary>
    public GenericAddress Pm1aEvent { get; }

    /// <summary>PM1a control, with SLP_TYP and SLP_EN.</summary>
    public GenericAddress Pm1aControl { get; }

    /// <summary>PM1b control; address 0 when the machine has none.</summary>
    public GenericAddress Pm1bControl { get; }

    /// <summary>The power management timer, 3.579545 MHz; address 0 when the machine has none.</summary>
    public GenericAddress PmTimer { get; }

    /// <summary>The timer counts 32 bits, not 24.</summary>
    public bool IsPmTimer32Bit { get; }

    /// <summary>The machine has no ACPI fixed hardware at all: no PM1 registers, no PM timer.</summary>
    public bool IsHardwareReduced { get; }

    /// <summary>There is, or on an old table may be, a keyboard controller.</summary>
    public bool Has8042 { get; }

    /// <summary>CMOS index of the century; 0 when there is none.</summary>
    public byte CenturyRegister { get; }

    /// <summary>The reset register; address 0 when the machine offers none.</summary>
    public GenericAddress Reset { get; }

    /// <summary>What to write to <see cref="Reset"/>.</summary>
    public byte ResetValue { get; }

    /// <summary>Reads a FADT.</summary>
    /// <param name="table">The whole table, as <see cref="HostAcpiTables.Find"/> returns it.</param>
    /// <returns>The table's content, or null when it is too short.</returns>
    public static HostFadt? Parse(ReadOnlySpan<byte> table) => table.Length < MinLength ? null : new HostFadt(table);

    /// <summary>A register's extended address where the table is long enough to have it, else the old 32-bit port (ACPI 6.5, 5.2.9: X_ fields).</summary>
    private static GenericAddress Register(ReadOnlySpan<byte> table, int extendedOffset, uint port, byte bitWidth)
    {
        if (table.Length >= extendedOffset + GenericAddress.Length)
        {
            GenericAddress extended = GenericAddress.Read(table.Slice(extendedOffset, GenericAddress.Length));
            if (extended.Address != 0)
            {
                return extended;
            }
        }

        return GenericAddress.Port(port, bitWidth);
    }

    private static ushort U16(ReadOnlySpan<byte> table, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(table.Slice(offset));

    private static uint U32(ReadOnlySpan<byte> table, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(offset));

    private static ulong U64(ReadOnlySpan<byte> table, int offset) => table.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(table.Slice(offset)) : 0;
}
