using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Memory;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>Finds the machine's processors while the firmware is there: in its MADT, or by asking its MP services.</summary>
internal static unsafe class ProcessorDiscovery
{
    /// <summary>The most processors HyperCore takes: the scheduler has a bit for each.</summary>
    public const int MaxProcessors = 64;

    private const uint ExtendedTopology = 0xB;
    private const uint Features = 1;

    /// <summary>Lists the processors. There is always the boot processor.</summary>
    /// <param name="services">Boot services.</param>
    /// <param name="map">The memory map as it is now.</param>
    /// <param name="rootPointer">Physical address of the RSDP; 0 without ACPI tables.</param>
    /// <param name="source">Where it was taken from, for people to read.</param>
    public static ProcessorList Find(EFI_BOOT_SERVICES* services, HostMemoryMap map, ulong rootPointer, out string source)
    {
        var list = new ProcessorList(OwnApicId(), MaxProcessors);
        HostAcpiTables? tables = HostAcpiTables.Open(new HostMemoryReader(map), rootPointer, out _);
        HostMadt? madt = tables == null ? null : HostMadt.Parse(tables.Find(HostTableSignature.Madt));
        source = "MADT";
        if (madt == null || TestSwitches.HideMadt || !list.AddEnabled(madt))
        {
            source = "MP services";
            AddFromFirmware(services, list);
        }

        return list;
    }

    private static void AddFromFirmware(EFI_BOOT_SERVICES* services, ProcessorList list)
    {
        EFI_GUID guid = EFI_GUID.EFI_MP_SERVICES_PROTOCOL_GUID;
        EFI_MP_SERVICES_PROTOCOL* mp = null;
        nuint count = 0;
        nuint enabled = 0;
        if (services->LocateProtocol(&guid, null, (void**)&mp) != EFI_STATUS.EFI_SUCCESS
            || mp == null
            || mp->GetNumberOfProcessors(mp, &count, &enabled) != EFI_STATUS.EFI_SUCCESS)
        {
            return;
        }

        const uint Usable = EFI_PROCESSOR_INFORMATION.PROCESSOR_ENABLED_BIT | EFI_PROCESSOR_INFORMATION.PROCESSOR_HEALTH_STATUS_BIT;
        for (nuint i = 0; i < count; i++)
        {
            EFI_PROCESSOR_INFORMATION information = default;
            if (mp->GetProcessorInfo(mp, i, &information) == EFI_STATUS.EFI_SUCCESS && (information.StatusFlag & Usable) == Usable)
            {
                list.Add((uint)information.ProcessorId);
            }
        }
    }

    // CPUID Bh EDX has all 32 bits of the x2APIC ID, where there is the leaf; CPUID 1 EBX has the first eight (Intel SDM vol. 2A, CPUID).
    private static uint OwnApicId()
    {
        Intrinsics.Cpuid(0, 0, out uint last, out _, out _, out _);
        if (last >= ExtendedTopology)
        {
            Intrinsics.Cpuid(ExtendedTopology, 0, out _, out uint threads, out _, out uint id);
            if (threads != 0)
            {
                return id;
            }
        }

        Intrinsics.Cpuid(Features, 0, out _, out uint ebx, out _, out _);
        return ebx >> 24;
    }
}
