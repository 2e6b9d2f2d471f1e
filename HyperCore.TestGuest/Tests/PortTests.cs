using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Tests;

/// <summary>I/O ports and what is behind them.</summary>
internal static unsafe class PortTests
{
    private const ushort PciAddress = 0xCF8;
    private const ushort PciData = 0xCFC;
    private const uint PciEnable = 0x8000_0000;
    private const ushort NoDevice = 0x1230;
    private const ushort Pm1Enable = PlatformLayout.Pm1EventPort + 2;
    private const ushort PowerButtonEnable = 1 << 8;
    private const ulong Pattern = 0x1122_3344_5566_7788;
    private const ushort CmosIndex = 0x70;
    private const ushort CmosData = 0x71;
    private const byte UpdateInProgress = 0x80;
    private const byte BinaryMode = 4;
    private const int PageBytes = 4096;

    public static void PortIo(Check check)
    {
        Intrinsics.Out8(SerialPort.Scratch, 0x5A);
        check.Equal("IN of 8 bits keeps the rest of RAX", (Pattern & ~0xFFul) | 0x5A, Probes.In8(SerialPort.Scratch, Pattern));
        Intrinsics.Out32(PciAddress, PciEnable);
        check.Equal("IN of 32 bits clears the rest of RAX", PciEnable, Probes.In32(PciAddress, Pattern));
        ulong id = Probes.In32(PciData, Pattern);
        check.Equal("IN of 16 bits keeps the rest of RAX", (Pattern & ~0xFFFFul) | (id & 0xFFFF), Probes.In16(PciData, Pattern));
        check.Equal("IN of 16 bits in the middle", id >> 16, Intrinsics.In16(PciData + 2));
        check.Equal("IN of 8 bits in the middle", id >> 8 & 0xFF, Intrinsics.In8(PciData + 1));
        ushort enabled = Intrinsics.In16(Pm1Enable);
        Intrinsics.Out16(Pm1Enable, PowerButtonEnable);
        check.Equal("OUT of 16 bits", PowerButtonEnable, Intrinsics.In16(Pm1Enable));
        Intrinsics.Out16(Pm1Enable, enabled);
        check.Equal("8 bits of nothing", 0xFF, Intrinsics.In8(NoDevice));
        check.Equal("16 bits of nothing", 0xFFFF, Intrinsics.In16(NoDevice));
        check.Equal("32 bits of nothing", 0xFFFF_FFFF, Intrinsics.In32(NoDevice));
        Intrinsics.Out32(NoDevice, 0);
    }

    public static void StringIo(Check check)
    {
        // The buffer lies across a page's end.
        byte* buffer = (byte*)Probes.SparePages() + PageBytes - 3;
        for (int i = 0; i < 8; i++)
        {
            buffer[i] = (byte)(0x30 + i);
        }

        void* end = Probes.OutString8(SerialPort.Scratch, buffer, 8);
        check.Equal("OUTSB, RSI", (ulong)(buffer + 8), (ulong)end);
        check.Equal("OUTSB, last byte", 0x37, Intrinsics.In8(SerialPort.Scratch));
        end = Probes.InString8(SerialPort.Scratch, buffer, 7);
        check.Equal("INSB, RDI", (ulong)(buffer + 7), (ulong)end);
        check.Equal("INSB, first byte", 0x37, buffer[0]);
        check.Equal("INSB, last byte", 0x37, buffer[6]);
        end = Probes.InString8(SerialPort.Scratch, buffer, 0);
        check.Equal("INSB of nothing", (ulong)buffer, (ulong)end);
        Intrinsics.Out32(PciAddress, PciEnable | 0x1234_5600);
        uint expected = Intrinsics.In32(PciAddress);
        var words = (uint*)Probes.SparePages();
        end = Probes.InString32Down(PciAddress, words + 3, 2);
        check.Equal("INSD downwards, RDI", (ulong)(words + 1), (ulong)end);
        check.Equal("INSD downwards, first", expected, words[3]);
        check.Equal("INSD downwards, last", expected, words[2]);
        check.Equal("INSD downwards, not reached", 0, words[1]);
        for (int i = 0; i < 2 * PageBytes / sizeof(uint); i++)
        {
            words[i] = 0;
        }
    }

    public static void Pci(Check check)
    {
        Intrinsics.Out32(PciAddress, PciEnable);
        uint id = Intrinsics.In32(PciData);
        check.True("a host bridge at 00:00.0", id is not (uint.MaxValue or 0));
        Intrinsics.Out32(PciAddress, PciEnable | 8);
        check.Equal("class: host bridge", 0x0600, Intrinsics.In32(PciData) >> 16);
        Intrinsics.Out32(PciAddress, 0);
        check.Equal("not enabled", uint.MaxValue, check.IsHyperCore ? Intrinsics.In32(PciData) : uint.MaxValue);
        if (check.IsHyperCore)
        {
            check.Equal("ECAM agrees", id, Intrinsics.ReadMemory32(PlatformLayout.EcamBase));
        }
    }

    public static void Rtc(Check check)
    {
        uint start = PmTimer.Read();
        while ((ReadCmos(0xA) & UpdateInProgress) != 0 && PmTimer.MillisecondsSince(start) < 1000)
        {
            Intrinsics.Pause();
        }

        bool binary = (ReadCmos(0xB) & BinaryMode) != 0;
        check.True("the update ends", PmTimer.MillisecondsSince(start) < 1000);
        check.Below("seconds", 60, ReadClock(0, binary));
        check.Below("minutes", 60, ReadClock(2, binary));

        // With 12 hours, bit 7 is p.m.: no part of the number.
        uint hours = ReadCmos(4) & 0x7Fu;
        check.Below("hours", 24, binary ? hours : FromBcd(hours));
        check.True("day of the month", ReadClock(7, binary) is >= 1 and <= 31);
        check.True("month", ReadClock(8, binary) is >= 1 and <= 12);
        check.True("year", ReadClock(9, binary) is >= 24 and <= 99);
        check.Equal("century", 20, ReadClock(0x32, binary));
        check.True("valid RAM and time", (ReadCmos(0xD) & 0x80) != 0);
        uint second = ReadClock(0, binary);
        start = PmTimer.Read();
        while (ReadClock(0, binary) == second && PmTimer.MillisecondsSince(start) < 2000)
        {
            Intrinsics.Pause();
        }

        check.True("the seconds run", PmTimer.MillisecondsSince(start) < 1500);
    }

    public static void PmTimerRuns(Check check)
    {
        uint first = PmTimer.Read();
        ulong tsc = Intrinsics.ReadTsc();
        bool runs = false;
        for (int i = 0; i < 1_000_000 && !runs; i++)
        {
            runs = PmTimer.Read() != first;
        }

        check.True("it runs", runs);
        PmTimer.Wait(2);
        check.True("the TSC runs with it", Intrinsics.ReadTsc() > tsc);
    }

    private static uint ReadClock(byte register, bool binary)
    {
        uint value = ReadCmos(register);
        return binary ? value : FromBcd(value);
    }

    private static uint FromBcd(uint value) => ((value >> 4) * 10) + (value & 0xF);

    private static byte ReadCmos(byte register)
    {
        Intrinsics.Out8(CmosIndex, register);
        return Intrinsics.In8(CmosData);
    }
}
