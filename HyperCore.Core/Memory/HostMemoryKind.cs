namespace HyperCore.Core.Memory;

/// <summary>What a range of the machine's physical address space is, once the firmware's boot services have ended.</summary>
public enum HostMemoryKind
{
    /// <summary>RAM that nobody uses: guests live here.</summary>
    Free,

    /// <summary>RAM of HyperCore itself: image, heap, stacks, page tables.</summary>
    HyperCore,

    /// <summary>RAM that holds a file loaded from the partition.</summary>
    LoadedFile,

    /// <summary>RAM below 1 MiB: kept for starting processors and for what old firmware leaves there.</summary>
    LowMemory,

    /// <summary>RAM with ACPI tables.</summary>
    AcpiReclaim,

    /// <summary>RAM the firmware uses for ACPI across sleep.</summary>
    AcpiNvs,

    /// <summary>RAM of the firmware's runtime services.</summary>
    Runtime,

    /// <summary>RAM or address space the firmware keeps for itself.</summary>
    Reserved,

    /// <summary>RAM with errors.</summary>
    Unusable,

    /// <summary>Device registers.</summary>
    Mmio,
}
