using System;
using System.Buffers.Binary;
using HyperCore.Core.Devices;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Acpi;

/// <summary>
/// Writes the ACPI tables of a VM into its memory: RSDP, RSDT, XSDT, FADT, FACS, MADT, MCFG and DSDT (ACPI 6.5, 5.2). The platform
/// is full ACPI hardware, not reduced, that is always in ACPI mode.
/// </summary>
public static class AcpiTables
{
    /// <summary>The address of the tables is a multiple of this: the FACS must be.</summary>
    public const int Alignment = 64;

    private const int HeaderLength = 36;
    private const int RsdpLength = 36;
    private const int FacsLength = 64;
    private const int FadtLength = 276;
    private const int MadtFixedLength = HeaderLength + 8;
    private const int McfgLength = HeaderLength + 8 + 16;
    private const int TablesInDirectory = 3;

    private const byte SystemIoSpace = 1;

    private static ReadOnlySpan<byte> OemId => "HYPERC"u8;

    private static ReadOnlySpan<byte> OemTableId => "HYPERCOR"u8;

    private static ReadOnlySpan<byte> CreatorId => "HYPC"u8;

    /// <summary>Writes all tables.</summary>
    /// <param name="area">The guest's memory for them, from <paramref name="guestPhysicalBase"/> on; overwritten as a whole.</param>
    /// <param name="guestPhysicalBase">Guest-physical address of <paramref name="area"/>, a multiple of <see cref="Alignment"/> below 4 GiB.</param>
    /// <param name="platform">What the VM has.</param>
    /// <returns>The guest-physical address of the RSDP, which is where the area starts; 0 when the area is too small or out of place, or the
    /// number of processors is not 1 to <see cref="AcpiPlatform.MaxProcessors"/>.</returns>
    public static ulong Build(Span<byte> area, ulong guestPhysicalBase, in AcpiPlatform platform)
    {
        const ulong FourGiB = 1ul << 32;
        if ((guestPhysicalBase & (Alignment - 1)) != 0
            || guestPhysicalBase == 0
            || guestPhysicalBase >= FourGiB
            || (ulong)area.Length > FourGiB - guestPhysicalBase
            || platform.ProcessorCount is < 1 or > AcpiPlatform.MaxProcessors)
        {
            return 0;
        }

        area.Clear();
        var layout = new Layout((uint)guestPhysicalBase);
        uint facs = layout.Place(RsdpLength, FacsLength);
        uint rsdt = layout.Place(0, HeaderLength + (4 * TablesInDirectory));
        uint xsdt = layout.Place(0, HeaderLength + (8 * TablesInDirectory));
        uint fadt = layout.Place(0, FadtLength);
        uint madt = layout.Place(0, MadtLength(platform.ProcessorCount));
        uint mcfg = layout.Place(0, McfgLength);
        uint dsdt = layout.Place(0, HeaderLength);
        if (layout.Used > area.Length)
        {
            return 0;
        }

        uint origin = (uint)guestPhysicalBase;
        Span<byte> definitions = area.Slice((int)(dsdt - origin));
        var aml = new AmlWriter(definitions.Slice(HeaderLength));
        Dsdt.Write(ref aml, platform);
        if (aml.Overflowed)
        {
            return 0;
        }

        Seal(definitions.Slice(0, HeaderLength + aml.Length), "DSDT"u8, 2);
        WriteFacs(area.Slice((int)(facs - origin), FacsLength));
        WriteFadt(area.Slice((int)(fadt - origin), FadtLength), facs, dsdt);
        WriteMadt(area.Slice((int)(madt - origin), MadtLength(platform.ProcessorCount)), platform);
        WriteMcfg(area.Slice((int)(mcfg - origin), McfgLength));

        Span<byte> root32 = area.Slice((int)(rsdt - origin), HeaderLength + (4 * TablesInDirectory));
        Span<byte> root64 = area.Slice((int)(xsdt - origin), HeaderLength + (8 * TablesInDirectory));
        List(root32, root64, 0, fadt);
        List(root32, root64, 1, madt);
        List(root32, root64, 2, mcfg);
        Seal(root32, "RSDT"u8, 1);
        Seal(root64, "XSDT"u8, 1);
        WriteRsdp(area.Slice(0, RsdpLength), rsdt, xsdt);
        return guestPhysicalBase;
    }

    // An entry of the RSDT has 32 bits, one of the XSDT 64.
    private static void List(Span<byte> root32, Span<byte> root64, int index, uint table)
    {
        Put32(root32, HeaderLength + (4 * index), table);
        Put32(root64, HeaderLength + (8 * index), table);
    }

    private static int MadtLength(int processors) => MadtFixedLength + (8 * processors) + 12 + (2 * 10) + 6;

    // 5.2.5.3
    private static void WriteRsdp(Span<byte> rsdp, uint rsdt, uint xsdt)
    {
        const int Revision1Length = 20;
        "RSD PTR "u8.CopyTo(rsdp);
        OemId.CopyTo(rsdp.Slice(9));
        rsdp[15] = 2;
        Put32(rsdp, 16, rsdt);
        Put32(rsdp, 20, RsdpLength);
        Put32(rsdp, 24, xsdt);
        rsdp[8] = Checksum(rsdp.Slice(0, Revision1Length));
        rsdp[32] = Checksum(rsdp);
    }

    // 5.2.10; it has no checksum.
    private static void WriteFacs(Span<byte> facs)
    {
        "FACS"u8.CopyTo(facs);
        Put32(facs, 4, FacsLength);
        facs[32] = 2;
    }

    // 5.2.9
    private static void WriteFadt(Span<byte> fadt, uint facs, uint dsdt)
    {
        const byte DesktopProfile = 1;
        const ushort NoC2 = 101;
        const ushort NoC3 = 1001;
        const ushort BootFlags = LegacyDevices | KeyboardController | NoVga | NoAspm;
        const uint Flags = WbinvdWorks | C1OnAll | NoSleepButton | NoFixedRtc | Timer32 | ResetSupported;
        Put32(fadt, 36, facs);
        Put32(fadt, 40, dsdt);
        fadt[45] = DesktopProfile;
        Put16(fadt, 46, PlatformLayout.SciInterrupt);
        Put32(fadt, 56, PlatformLayout.Pm1EventPort);
        Put32(fadt, 64, PlatformLayout.Pm1ControlPort);
        Put32(fadt, 76, PlatformLayout.PmTimerPort);
        fadt[88] = 4;
        fadt[89] = 2;
        fadt[91] = 4;
        Put16(fadt, 96, NoC2);
        Put16(fadt, 98, NoC3);
        fadt[108] = CmosRegister.Century;
        Put16(fadt, 109, BootFlags);
        Put32(fadt, 112, Flags);
        PutPort(fadt, 116, PlatformLayout.ResetPort, 1);
        fadt[128] = PlatformLayout.ResetValue;
        fadt[131] = 5;
        Put32(fadt, 140, dsdt);
        PutPort(fadt, 148, PlatformLayout.Pm1EventPort, 4);
        PutPort(fadt, 172, PlatformLayout.Pm1ControlPort, 2);
        PutPort(fadt, 208, PlatformLayout.PmTimerPort, 4);
        OemTableId.CopyTo(fadt.Slice(268));
        Seal(fadt, "FACP"u8, 6);
    }

    // IA-PC boot architecture flags (5.2.9.3).
    private const ushort LegacyDevices = 1 << 0;
    private const ushort KeyboardController = 1 << 1;
    private const ushort NoVga = 1 << 2;
    private const ushort NoAspm = 1 << 4;

    // Fixed feature flags (table 5.10).
    private const uint WbinvdWorks = 1 << 0;
    private const uint C1OnAll = 1 << 2;
    private const uint NoSleepButton = 1 << 5;
    private const uint NoFixedRtc = 1 << 6;
    private const uint Timer32 = 1 << 8;
    private const uint ResetSupported = 1 << 10;

    // 5.2.12
    private static void WriteMadt(Span<byte> madt, in AcpiPlatform platform)
    {
        const uint PicsPresent = 1;
        const byte Enabled = 1;
        const ushort LevelActiveLow = 0x000F;
        const ushort AsTheBus = 0;
        Put32(madt, 36, (uint)PlatformLayout.LocalApicBase);
        Put32(madt, 40, PicsPresent);
        int at = MadtFixedLength;
        for (int i = 0; i < platform.ProcessorCount; i++)
        {
            madt[at] = 0;
            madt[at + 1] = 8;
            madt[at + 2] = (byte)i;
            madt[at + 3] = (byte)i;
            madt[at + 4] = Enabled;
            at += 8;
        }

        madt[at] = 1;
        madt[at + 1] = 12;
        madt[at + 2] = platform.IoApicId;
        Put32(madt, at + 4, (uint)PlatformLayout.IoApicBase);
        at += 12;

        at = PutOverride(madt, at, 0, 2, AsTheBus);
        at = PutOverride(madt, at, PlatformLayout.SciInterrupt, PlatformLayout.SciInterrupt, LevelActiveLow);

        // LINT1 of all processors is the NMI.
        madt[at] = 4;
        madt[at + 1] = 6;
        madt[at + 2] = 0xFF;
        madt[at + 5] = 1;
        Seal(madt, "APIC"u8, 5);
    }

    // Interrupt source override (5.2.12.5).
    private static int PutOverride(Span<byte> madt, int at, byte irq, byte globalInterrupt, ushort flags)
    {
        madt[at] = 2;
        madt[at + 1] = 10;
        madt[at + 3] = irq;
        Put32(madt, at + 4, globalInterrupt);
        Put16(madt, at + 8, flags);
        return at + 10;
    }

    // PCI Firmware Specification 3.3, 4.1.2: segment 0, bus 0 to 0.
    private static void WriteMcfg(Span<byte> mcfg)
    {
        Put32(mcfg, HeaderLength + 8, (uint)PlatformLayout.EcamBase);
        Seal(mcfg, "MCFG"u8, 1);
    }

    // Puts the header in place, which is the same for all tables (5.2.6), and makes the checksum right.
    private static void Seal(Span<byte> table, ReadOnlySpan<byte> signature, byte revision)
    {
        signature.CopyTo(table);
        Put32(table, 4, (uint)table.Length);
        table[8] = revision;
        table[9] = 0;
        OemId.CopyTo(table.Slice(10));
        OemTableId.CopyTo(table.Slice(16));
        Put32(table, 24, 1);
        CreatorId.CopyTo(table.Slice(28));
        Put32(table, 32, 1);
        table[9] = Checksum(table);
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += bytes[i];
        }

        return (byte)-sum;
    }

    // Generic address structure (5.2.3.2) of an I/O register.
    private static void PutPort(Span<byte> table, int offset, ushort port, int bytes)
    {
        // Access size: 1 byte, 2 word, 3 double word. PM1 events are two registers in a row, each accessed as a word.
        table[offset] = SystemIoSpace;
        table[offset + 1] = (byte)(8 * bytes);
        table[offset + 3] = (byte)(port == PlatformLayout.PmTimerPort ? 3 : bytes == 1 ? 1 : 2);
        Put32(table, offset + 4, port);
    }

    private static void Put16(Span<byte> table, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(table.Slice(offset), value);

    private static void Put32(Span<byte> table, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(table.Slice(offset), value);

    // Hands out addresses one after the other.
    private ref struct Layout(uint origin)
    {
        private readonly uint _origin = origin;
        private uint _next = origin;

        public readonly int Used => (int)(_next - _origin);

        public uint Place(int skip, int length)
        {
            uint address = (_next + (uint)skip + (Alignment - 1)) & ~(uint)(Alignment - 1);
            _next = address + (uint)length;
            return address;
        }
    }
}
