using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Tests;

/// <summary>Paging and device memory.</summary>
internal static unsafe class MemoryTests
{
    // The test maps pages of its own from here on: entry 4 of the page-directory-pointer table.
    private const ulong Window = 0x1_0000_0000;
    private const ulong NotPresentPage = Window;
    private const ulong ReadOnlyPage = Window + 0x1000;
    private const ulong WritablePage = Window + 0x2000;
    private const ulong ApicPage = Window + 0x3000;
    private const ulong Present = 1;
    private const ulong Write = 2;

    // Page fault error code: AMD APM vol. 2, 8.4.2.
    private const ulong ErrorPresent = 1;
    private const ulong ErrorWrite = 2;

    // Between the devices of the virtual PC.
    private const ulong NoDevice = 0xFEB0_0000;
    private const ulong LdrMask = 0xFF00_0000;
    private const ulong ZeroFlag = 1 << 6;
    private const ulong CarryFlag = 1;

    public static void PageFault(Check check)
    {
        MapWindow();
        check.True("read of a page that is not present", !Guard.Try(&Load, NotPresentPage + 0x123));
        Expect(check, NotPresentPage + 0x123, 0);
        check.True("write to a page that is not present", !Guard.Try(&Store, NotPresentPage + 0x456));
        Expect(check, NotPresentPage + 0x456, ErrorWrite);
        check.True("read of a read-only page", Guard.Try(&Load, ReadOnlyPage));
        check.True("write to a read-only page", !Guard.Try(&Store, ReadOnlyPage + 8));
        Expect(check, ReadOnlyPage + 8, ErrorWrite | ErrorPresent);
        check.True("write to a writable page", Guard.Try(&Store, WritablePage));
        check.True("write that ends on a page that is not present", !Guard.Try(&Store, ReadOnlyPage - 2));

        // A string instruction between a device and a page that is not there.
        check.True("device to a page that is not present", !Guard.Try(&Move, PlatformLayout.LocalApicBase + Apic.Version, NotPresentPage + 0x20));
        Expect(check, NotPresentPage + 0x20, ErrorWrite);
        UnmapWindow();
    }

    public static void Unmapped(Check check)
    {
        if (!check.IsHyperCore)
        {
            check.Skip("needs HyperCore");
            return;
        }

        check.Equal("32 bits", 0xFFFF_FFFF, Probes.Load32(NoDevice));
        check.Equal("8 bits", 0xFF, Probes.Load8(NoDevice + 3));
        check.Equal("16 bits", 0xFFFF, Probes.Load16(NoDevice + 2));
        check.Equal("64 bits", ulong.MaxValue, Probes.Load64(NoDevice + 8));
        Probes.Store32(NoDevice, 0);
        check.Equal("after a write", 0xFFFF_FFFF, Probes.Load32(NoDevice));
    }

    public static void ApicMmio(Check check)
    {
        const ulong Ldr = PlatformLayout.LocalApicBase + Apic.LogicalDestination;
        check.True("version", Probes.Load8(PlatformLayout.LocalApicBase + Apic.Version) is >= 0x10 and <= 0x1F || !check.IsHyperCore);
        Probes.Store32(Ldr, 0x1100_0000);
        check.Equal("MOV", 0x1100_0000, Probes.Load32(Ldr));
        Probes.Or32(Ldr, 0x2200_0000);
        check.Equal("OR", 0x3300_0000, Probes.Load32(Ldr));
        Probes.And32(Ldr, 0x2200_0000);
        check.Equal("AND", 0x2200_0000, Probes.Load32(Ldr));
        Probes.Xor32(Ldr, 0);
        check.Equal("XOR", 0x2D00_0000, Probes.Load32(Ldr));
        Probes.Add32(Ldr, 0x0100_0000);
        check.Equal("ADD", 0x2E00_0000, Probes.Load32(Ldr));
        check.Equal("XCHG, old value", 0x2E00_0000, Probes.Exchange32(Ldr, 0x4400_0000) & LdrMask);
        check.Equal("XCHG, new value", 0x4400_0000, Probes.Load32(Ldr));
        check.Equal("BTS, old bit", 0, Probes.BitSet32(Ldr, 0));
        check.Equal("BTS, new value", 0x4600_0000, Probes.Load32(Ldr));
        check.Equal("CMP of equals", ZeroFlag, Probes.CompareFlags32(Ldr, 0x4600_0000) & (ZeroFlag | CarryFlag));
        check.Equal("CMP with more", CarryFlag, Probes.CompareFlags32(Ldr, 0x4700_0000) & (ZeroFlag | CarryFlag));
        check.Equal("TEST", ZeroFlag, Probes.TestFlags32(Ldr, 0x0100_0000) & ZeroFlag);
        Probes.StoreImmediate32(Ldr, 0);
        check.Equal("MOV of an immediate", 0x5500_0000, Probes.Load32(Ldr));
        Probes.StoreIndexed32(Ldr, 0x6600_0000);
        check.Equal("MOV with an index", 0x6600_0000, Probes.Load32(Ldr));
        Probes.StoreString32(Ldr, 0x7700_0000);
        check.Equal("STOS", 0x7700_0000, Probes.Load32(Ldr));
        var memory = (uint*)Probes.SparePages();
        Probes.MoveString32(Ldr, (ulong)memory);
        check.Equal("MOVS from the device", 0x7700_0000, *memory);
        *memory = 0x8800_0000;
        Probes.MoveString32((ulong)memory, Ldr);
        check.Equal("MOVS to the device", 0x8800_0000, Probes.Load32(Ldr));
        *memory = 0;
        if (check.IsHyperCore)
        {
            check.Equal("MOVZX of a byte", 0x88, Probes.Load8(Ldr + 3));
            check.Equal("MOVZX of a word", 0x8800, Probes.Load16(Ldr + 2));
            check.Equal("MOVSX of a byte", 0xFFFF_FFFF_FFFF_FF88, Probes.LoadSigned8(Ldr + 3));
        }

        Probes.Store32(Ldr, 0);
    }

    public static void ApicMapped(Check check)
    {
        MapWindow();
        check.Equal("version at another address", Apic.Read(Apic.Version), Probes.Load32(ApicPage + Apic.Version));
        Probes.Store32(ApicPage + Apic.LogicalDestination, 0x1200_0000);
        check.Equal("what was written there", 0x1200_0000, Apic.Read(Apic.LogicalDestination));
        Apic.Write(Apic.LogicalDestination, 0);
        UnmapWindow();
    }

    public static void EcamMmio(Check check)
    {
        if (!check.IsHyperCore)
        {
            check.Skip("needs HyperCore");
            return;
        }

        ulong id = Probes.Load32(PlatformLayout.EcamBase);
        check.True("a host bridge", (uint)id != uint.MaxValue);
        check.Equal("vendor", id & 0xFFFF, Probes.Load16(PlatformLayout.EcamBase));
        check.Equal("device", id >> 16, Probes.Load16(PlatformLayout.EcamBase + 2));
        check.Equal("one byte", id >> 8 & 0xFF, Probes.Load8(PlatformLayout.EcamBase + 1));
        check.Equal("no function", 0xFFFF_FFFF, Probes.Load32(PlatformLayout.EcamBase + (31 << 15)));
    }

    private static void Expect(Check check, ulong address, ulong errorCode)
    {
        check.Equal("exception", Interrupts.PageFault, Interrupts.LastException);
        check.Equal("CR2", address, Interrupts.LastFaultAddress);
        check.Equal("error code", errorCode, Interrupts.LastErrorCode);
    }

    private static void MapWindow()
    {
        ulong* directory = Probes.SparePages();
        ulong* table = directory + 512;
        ulong page = (ulong)(directory + 1024);
        table[0] = 0;
        table[1] = page | Present;
        table[2] = page | Present | Write;
        table[3] = PlatformLayout.LocalApicBase | Present | Write;
        directory[0] = (ulong)table | Present | Write;
        Probes.PagePointers()[4] = (ulong)directory | Present | Write;
        Intrinsics.WriteCr3(Intrinsics.ReadCr3());
    }

    private static void UnmapWindow()
    {
        Probes.PagePointers()[4] = 0;
        Probes.SparePages()[0] = 0;
        Intrinsics.WriteCr3(Intrinsics.ReadCr3());
    }

    private static void Load(ulong address, ulong second) => Probes.Load32(address);

    private static void Store(ulong address, ulong second) => Probes.Store32(address, 0);

    private static void Move(ulong from, ulong to) => Probes.MoveString32(from, to);
}
