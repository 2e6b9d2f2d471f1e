using HyperCore.Core.Devices;
using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Tests;

/// <summary>The PCI display: its video memory, its modes, and what happens when its registers are written without sense.</summary>
internal static unsafe class DisplayTests
{
    private const ushort PciAddress = 0xCF8;
    private const ushort PciData = 0xCFC;
    private const uint PciEnable = 0x8000_0000;
    private const uint Display = PciEnable | (PlatformLayout.DisplaySlot << 11);
    private const ushort IndexPort = 0x1CE;
    private const uint DisplayId = 0x1111_1234;
    private const uint Bar0 = 0x10;
    private const uint Bar2 = 0x18;
    private const uint Elsewhere = 0xC400_0000;
    private const uint Pattern = 0x0012_3456;
    private const int RandomWrites = 3000;

    public static void Registers(Check check)
    {
        if (!IsPresent(check))
        {
            return;
        }

        ulong registers = Read(Bar2) & ~0xFu;
        check.Equal("EDID", 0x00FF_FFFF_FFFF_FF00, Intrinsics.ReadMemory32(registers) | ((ulong)Intrinsics.ReadMemory32(registers + 4) << 32));
        check.True("version", ReadMode(registers, DispiIndex.Id) is >= DispiIndex.FirstId and <= DispiIndex.LastId);
        check.True("firmware's mode is on", (ReadMode(registers, DispiIndex.Enable) & DispiIndex.Enabled) != 0);
        ushort width = ReadMode(registers, DispiIndex.XRes);
        ushort height = ReadMode(registers, DispiIndex.YRes);
        SetMode(registers, 800, 600);
        check.Equal("width", 800, ReadMode(registers, DispiIndex.XRes));
        check.Equal("virtual width", 800, ReadMode(registers, DispiIndex.VirtualWidth));
        Intrinsics.Out16(IndexPort, DispiIndex.YRes);
        check.Equal("height, by ports", 600, Intrinsics.In16(IndexPort + 1));
        SetMode(registers, width, height);
    }

    public static void VideoMemory(Check check)
    {
        if (!IsPresent(check))
        {
            return;
        }

        uint original = Read(Bar0);
        uint ram = *(uint*)0x10_0000;
        ulong memory = original & ~0xFu;
        Intrinsics.WriteMemory32(memory + 0x12_3450, Pattern);
        check.Equal("a pixel", Pattern, Intrinsics.ReadMemory32(memory + 0x12_3450));
        Write(Bar0, Elsewhere);
        check.Equal("the pixel elsewhere", Pattern, Intrinsics.ReadMemory32(Elsewhere + 0x12_3450));

        // Over RAM, over the I/O APIC: nothing of those changes.
        Write(Bar0, 0);
        check.Equal("RAM", ram, *(uint*)0x10_0000);
        Write(Bar0, (uint)PlatformLayout.IoApicBase);
        Intrinsics.WriteMemory32(PlatformLayout.IoApicBase, 1);
        check.Equal("the I/O APIC's version", 0x20, Intrinsics.ReadMemory32(PlatformLayout.IoApicBase + 0x10) & 0xFF);
        Write(Bar0, original);
        check.Equal("the pixel, back again", Pattern, Intrinsics.ReadMemory32(memory + 0x12_3450));
    }

    public static void Hostile(Check check)
    {
        if (!IsPresent(check))
        {
            return;
        }

        uint original = Read(Bar0);
        ulong registers = Read(Bar2) & ~0xFu;
        ushort width = ReadMode(registers, DispiIndex.XRes);
        ushort height = ReadMode(registers, DispiIndex.YRes);
        ulong state = 88172645463325252;
        for (int i = 0; i < RandomWrites; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            var value = (uint)(state >> 32);
            switch (state & 7)
            {
                case 0:
                    Write(Bar0, value);
                    break;
                case 1:
                    Intrinsics.WriteMemory8(registers + 0x400 + (value & 0x1F), (byte)(value >> 8));
                    break;
                case 2:
                    SetMode(registers, (ushort)(value & 0x7FF), (ushort)((value >> 16) & 0x7FF));
                    break;
                case 3:
                    Intrinsics.WriteMemory32((original & ~0xFu) + (value & 0xFF_FFFC), value);
                    break;
                default:
                    Intrinsics.WriteMemory16(registers + 0x500 + ((value & 15) * 2), (ushort)(value >> 16));
                    break;
            }
        }

        Write(Bar0, original);
        SetMode(registers, width, height);
        _ = Intrinsics.In8(0x3DA);
        Intrinsics.Out8(0x3C0, 0x20);
        check.Equal("the mode after it", width, ReadMode(registers, DispiIndex.XRes));
        Intrinsics.WriteMemory32(original & ~0xFu, Pattern);
        check.Equal("a pixel after it", Pattern, Intrinsics.ReadMemory32(original & ~0xFu));
    }

    private static bool IsPresent(Check check)
    {
        if (check.IsHyperCore && Read(0) == DisplayId)
        {
            return true;
        }

        check.Skip("there is no mediated display");
        return false;
    }

    private static void SetMode(ulong registers, ushort width, ushort height)
    {
        WriteMode(registers, DispiIndex.Enable, 0);
        WriteMode(registers, DispiIndex.Bpp, 32);
        WriteMode(registers, DispiIndex.XRes, width);
        WriteMode(registers, DispiIndex.YRes, height);
        WriteMode(registers, DispiIndex.Enable, DispiIndex.Enabled | DispiIndex.LinearFramebuffer);
    }

    private static ushort ReadMode(ulong registers, int index) => Intrinsics.ReadMemory16(registers + 0x500 + (ulong)(2 * index));

    private static void WriteMode(ulong registers, int index, ushort value) => Intrinsics.WriteMemory16(registers + 0x500 + (ulong)(2 * index), value);

    private static uint Read(uint register)
    {
        Intrinsics.Out32(PciAddress, Display | register);
        return Intrinsics.In32(PciData);
    }

    private static void Write(uint register, uint value)
    {
        Intrinsics.Out32(PciAddress, Display | register);
        Intrinsics.Out32(PciData, value);
    }
}
