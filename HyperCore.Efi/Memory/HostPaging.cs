using HyperCore.Core.Paging;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Memory;

/// <summary>Puts HyperCore's own page tables in force on the processor it runs on, with every protection the processor has.</summary>
/// <remarks>
/// Memory types: the firmware's MTRRs stay as they are and everything is mapped write-back, so the MTRRs decide (device registers stay
/// uncacheable). Only the framebuffer is mapped write-combining, through PAT entry 4, which nobody else uses: with it the MTRR type does not
/// matter (AMD APM vol. 2, 7.8.5; Intel SDM vol. 3A, table 12-7).
/// </remarks>
public static class HostPaging
{
    private const uint MsrPat = 0x277;
    private const ulong EferNoExecute = 1 << 11;
    private const ulong Cr0WriteProtect = 1 << 16;
    private const ulong Cr4GlobalPages = 1 << 7;
    private const ulong Cr4FiveLevels = 1 << 12;
    private const ulong Cr4SupervisorExecution = 1 << 20;
    private const ulong Cr4SupervisorAccess = 1 << 21;

    private const uint ExtendedFeatures = 0x8000_0001;
    private const uint StructuredFeatures = 7;

    /// <summary>The processor has 1-GiB pages (CPUID 8000_0001h EDX bit 26).</summary>
    public static bool HasGigabytePages
    {
        get
        {
            Intrinsics.Cpuid(ExtendedFeatures, 0, out _, out _, out _, out uint edx);
            return (edx & (1u << 26)) != 0;
        }
    }

    /// <summary>The processor has the NX bit (CPUID 8000_0001h EDX bit 20); HyperCore does not run without.</summary>
    public static bool HasNoExecute
    {
        get
        {
            Intrinsics.Cpuid(ExtendedFeatures, 0, out _, out _, out _, out uint edx);
            return (edx & (1u << 20)) != 0;
        }
    }

    /// <summary>The firmware runs with five levels of page tables, which cannot be changed in long mode.</summary>
    public static bool HasFiveLevels => (Intrinsics.ReadCr4() & Cr4FiveLevels) != 0;

    /// <summary>Switches to the tables. Interrupts are off, and the code and stack in use are mapped.</summary>
    public static void Install(HostPageTables tables)
    {
        Intrinsics.Cpuid(0, 0, out uint lastLeaf, out _, out _, out _);
        uint features = 0;
        if (lastLeaf >= StructuredFeatures)
        {
            Intrinsics.Cpuid(StructuredFeatures, 0, out _, out features, out _, out _);
        }

        // Before the tables are used: without NXE bit 63 of an entry is reserved.
        Intrinsics.WriteEfer(Intrinsics.ReadEfer() | EferNoExecute);
        Intrinsics.WriteMsr(MsrPat, HostPageTables.Pat);

        // Clearing PGE drops what the firmware may have marked global.
        ulong cr4 = Intrinsics.ReadCr4() & ~Cr4GlobalPages;
        Intrinsics.WriteCr4(cr4);
        Intrinsics.WriteCr3(tables.Root);

        // CPUID 7 EBX: bit 7 SMEP, bit 20 SMAP. All pages are supervisor pages; a user page in the tables could only be damage.
        cr4 |= Cr4GlobalPages;
        cr4 |= (features & (1u << 7)) != 0 ? Cr4SupervisorExecution : 0;
        cr4 |= (features & (1u << 20)) != 0 ? Cr4SupervisorAccess : 0;
        Intrinsics.WriteCr4(cr4);
        Intrinsics.WriteCr0(Intrinsics.ReadCr0() | Cr0WriteProtect);
    }

    /// <summary>Maps registers of a device that lie above RAM, uncacheable. Below 4 GiB everything is mapped already.</summary>
    /// <param name="tables">HyperCore's own page tables, in force.</param>
    /// <param name="address">The first register.</param>
    /// <param name="length">Bytes of registers.</param>
    /// <returns>False when there is no room in the tables.</returns>
    public static bool TryMapDevice(HostPageTables tables, ulong address, ulong length)
    {
        ulong start = address & ~(HostPageTables.PageSize - 1);
        if (!tables.Map(start, HostAddressSpace.RoundUp(address + length - start), HostPageAccess.Write, HostMemoryType.Uncacheable))
        {
            return false;
        }

        FlushAll();
        return true;
    }

    /// <summary>Forgets all translations of this processor, global ones too; after a change to the tables.</summary>
    public static void FlushAll()
    {
        ulong cr4 = Intrinsics.ReadCr4();
        Intrinsics.WriteCr4(cr4 & ~Cr4GlobalPages);
        Intrinsics.WriteCr4(cr4);
    }
}
