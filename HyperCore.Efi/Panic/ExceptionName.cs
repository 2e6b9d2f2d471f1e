namespace HyperCore.Efi.Panic;

/// <summary>The manual's names of exceptions (AMD APM vol. 2, table 8-1).</summary>
internal static class ExceptionName
{
    /// <summary>What to call a vector below 32.</summary>
    public static string Of(ulong vector) => vector switch
    {
        0 => "#DE division by zero",
        1 => "#DB debug",
        2 => "NMI",
        3 => "#BP breakpoint",
        4 => "#OF overflow",
        5 => "#BR bound range",
        6 => "#UD invalid opcode",
        7 => "#NM device not available",
        8 => "#DF double fault",
        10 => "#TS invalid TSS",
        11 => "#NP segment not present",
        12 => "#SS stack",
        13 => "#GP general protection",
        14 => "#PF page fault",
        16 => "#MF x87 floating point",
        17 => "#AC alignment check",
        18 => "#MC machine check",
        19 => "#XF SIMD floating point",
        21 => "#CP control protection",
        28 => "#HV hypervisor injection",
        29 => "#VC VMM communication",
        30 => "#SX security",
        _ => "reserved exception",
    };
}
