namespace HyperCore.Core.Devices;

/// <summary>The way on which a guest reaches the registers of a local APIC, by IA32_APIC_BASE (Intel SDM vol. 3A, table 11-5).</summary>
public enum ApicAccess : byte
{
    /// <summary>None: the local APIC is disabled.</summary>
    None,

    /// <summary>xAPIC mode: the page.</summary>
    Page,

    /// <summary>x2APIC mode: MSRs.</summary>
    Msrs,
}
