using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Acpi.Host;

/// <summary>The real machine's Multiple APIC Description Table (ACPI 6.5, 5.2.12): its processors and interrupt controllers.</summary>
public sealed class HostMadt
{
    /// <summary>The most processors kept.</summary>
    public const int MaxProcessors = 1024;

    /// <summary>The most I/O APICs kept.</summary>
    public const int MaxIoApics = 64;

    /// <summary>ISA interrupts there are.</summary>
    public const int IsaInterrupts = 16;

    private const int FirstEntry = 44;
    private const byte TypeLocalApic = 0;
    private const byte TypeIoApic = 1;
    private const byte TypeInterruptOverride = 2;
    private const byte TypeLocalApicAddressOverride = 5;
    private const byte TypeLocalX2Apic = 9;

    private readonly InterruptOverride[] _isa = new InterruptOverride[IsaInterrupts];
    private readonly MadtIoApic[] _ioApics = new MadtIoApic[MaxIoApics];
    private readonly MadtProcessor[] _processors;
    private int _ioApicCount;
    private int _processorCount;

    private HostMadt(ReadOnlySpan<byte> table)
    {
        LocalApicAddress = BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(36));
        Has8259 = (table[40] & 1) != 0;
        for (int i = 0; i < IsaInterrupts; i++)
        {
            // ISA: edge-triggered, active high, identity mapped, unless an entry says otherwise.
            _isa[i] = new InterruptOverride((uint)i, activeLow: false, levelTriggered: false);
        }

        _processors = new MadtProcessor[Math.Min(MaxProcessors, CountProcessors(table))];
        for (int at = FirstEntry; TryEntry(table, at, out ReadOnlySpan<byte> entry); at += entry.Length)
        {
            ReadEntry(entry);
        }
    }

    /// <summary>Host-physical address of the local APIC's registers.</summary>
    public ulong LocalApicAddress { get; private set; }

    /// <summary>The machine also has a pair of 8259s, which must be masked.</summary>
    public bool Has8259 { get; }

    /// <summary>The processors, in the firmware's order: the boot processor is first.</summary>
    public ReadOnlySpan<MadtProcessor> Processors => _processors.AsSpan(0, _processorCount);

    /// <summary>The I/O APICs.</summary>
    public ReadOnlySpan<MadtIoApic> IoApics => _ioApics.AsSpan(0, _ioApicCount);

    /// <summary>How many processors are enabled.</summary>
    public int EnabledProcessors
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _processorCount; i++)
            {
                count += _processors[i].IsEnabled ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Reads a MADT.</summary>
    /// <param name="table">The whole table, as <see cref="HostAcpiTables.Find"/> returns it.</param>
    /// <returns>The table's content, or null when it is too short.</returns>
    public static HostMadt? Parse(ReadOnlySpan<byte> table) => table.Length < FirstEntry ? null : new HostMadt(table);

    /// <summary>Where ISA interrupt <paramref name="irq"/> (0 to 15) arrives.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such ISA interrupt.</exception>
    public InterruptOverride IsaInterrupt(int irq)
    {
        if ((uint)irq >= IsaInterrupts)
        {
            throw new ArgumentOutOfRangeException(nameof(irq));
        }

        return _isa[irq];
    }

    private static int CountProcessors(ReadOnlySpan<byte> table)
    {
        int count = 0;
        for (int at = FirstEntry; TryEntry(table, at, out ReadOnlySpan<byte> entry); at += entry.Length)
        {
            count += entry[0] is TypeLocalApic or TypeLocalX2Apic ? 1 : 0;
        }

        return count;
    }

    /// <summary>The entry at <paramref name="at"/>; false at the end or when its length is impossible.</summary>
    private static bool TryEntry(ReadOnlySpan<byte> table, int at, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (at > table.Length - 2)
        {
            return false;
        }

        int length = table[at + 1];
        if (length < 2 || length > table.Length - at)
        {
            return false;
        }

        entry = table.Slice(at, length);
        return true;
    }

    private void ReadEntry(ReadOnlySpan<byte> entry)
    {
        switch (entry[0])
        {
            case TypeLocalApic when entry.Length >= 8:
                AddProcessor(entry[3], entry[2], BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)));
                break;
            case TypeLocalX2Apic when entry.Length >= 16:
                AddProcessor(BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)), BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(12)), BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(8)));
                break;
            case TypeIoApic when entry.Length >= 12 && _ioApicCount < MaxIoApics:
                _ioApics[_ioApicCount++] = new MadtIoApic(entry[2], BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)), BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(8)));
                break;
            case TypeInterruptOverride when entry.Length >= 10:
                AddOverride(entry);
                break;
            case TypeLocalApicAddressOverride when entry.Length >= 12:
                LocalApicAddress = BinaryPrimitives.ReadUInt64LittleEndian(entry.Slice(4));
                break;
        }
    }

    private void AddProcessor(uint apicId, uint uid, uint flags)
    {
        // Flags: bit 0 enabled, bit 1 online capable (ACPI 6.5, table 5.23). Firmware may list the same processor as local APIC and as x2APIC;
        // the first enabled entry counts. ID FFh in a local APIC entry, and all ones in an x2APIC entry, is no processor.
        bool isEnabled = (flags & 1) != 0;
        bool isNone = apicId == uint.MaxValue || (apicId == 0xFF && !isEnabled);
        if (_processorCount == _processors.Length || isNone)
        {
            return;
        }

        for (int i = 0; i < _processorCount; i++)
        {
            if (_processors[i].ApicId == apicId && _processors[i].IsEnabled)
            {
                return;
            }
        }

        _processors[_processorCount++] = new MadtProcessor(apicId, uid, isEnabled, (flags & 2) != 0);
    }

    private void AddOverride(ReadOnlySpan<byte> entry)
    {
        const byte IsaBus = 0;
        byte source = entry[3];
        if (entry[2] != IsaBus || source >= IsaInterrupts)
        {
            return;
        }

        // ACPI 6.5, table 5.26 (MPS INTI flags): 0 is the bus default, which for ISA is active high and edge; 3 is low and level.
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(entry.Slice(8));
        _isa[source] = new InterruptOverride(BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)), (flags & 3) == 3, ((flags >> 2) & 3) == 3);
    }
}
