namespace HyperCore.Core.Devices;

/// <summary>
/// The registers of a local APIC by their offset into its page (Intel SDM vol. 3A, table 11-1). In x2APIC mode the register at offset
/// N is MSR 800h + N / 10h (table 11-6).
/// </summary>
public static class ApicRegister
{
    /// <summary>Local APIC ID.</summary>
    public const uint Id = 0x020;

    /// <summary>Version and number of LVT entries.</summary>
    public const uint Version = 0x030;

    /// <summary>TPR.</summary>
    public const uint TaskPriority = 0x080;

    /// <summary>APR; not in x2APIC mode.</summary>
    public const uint ArbitrationPriority = 0x090;

    /// <summary>PPR.</summary>
    public const uint ProcessorPriority = 0x0A0;

    /// <summary>EOI, write only.</summary>
    public const uint EndOfInterrupt = 0x0B0;

    /// <summary>LDR; read only in x2APIC mode.</summary>
    public const uint LogicalDestination = 0x0D0;

    /// <summary>DFR; not in x2APIC mode.</summary>
    public const uint DestinationFormat = 0x0E0;

    /// <summary>SVR.</summary>
    public const uint SpuriousVector = 0x0F0;

    /// <summary>ISR, the first of eight.</summary>
    public const uint InService = 0x100;

    /// <summary>TMR, the first of eight.</summary>
    public const uint TriggerMode = 0x180;

    /// <summary>IRR, the first of eight.</summary>
    public const uint InterruptRequest = 0x200;

    /// <summary>ESR.</summary>
    public const uint ErrorStatus = 0x280;

    /// <summary>ICR, low half; all of it in x2APIC mode.</summary>
    public const uint InterruptCommandLow = 0x300;

    /// <summary>ICR, high half; not in x2APIC mode.</summary>
    public const uint InterruptCommandHigh = 0x310;

    /// <summary>LVT timer entry, the first of six.</summary>
    public const uint LvtTimer = 0x320;

    /// <summary>LVT thermal sensor entry.</summary>
    public const uint LvtThermal = 0x330;

    /// <summary>LVT performance counter entry.</summary>
    public const uint LvtPerformance = 0x340;

    /// <summary>LVT LINT0 entry.</summary>
    public const uint LvtLint0 = 0x350;

    /// <summary>LVT LINT1 entry.</summary>
    public const uint LvtLint1 = 0x360;

    /// <summary>LVT error entry, the last.</summary>
    public const uint LvtError = 0x370;

    /// <summary>Timer's initial count.</summary>
    public const uint InitialCount = 0x380;

    /// <summary>Timer's current count, read only.</summary>
    public const uint CurrentCount = 0x390;

    /// <summary>Timer's divide configuration.</summary>
    public const uint DivideConfiguration = 0x3E0;

    /// <summary>Self IPI, write only, only in x2APIC mode.</summary>
    public const uint SelfIpi = 0x3F0;

    /// <summary>The MSR of the register at offset 0 in x2APIC mode.</summary>
    public const uint FirstMsr = 0x800;

    /// <summary>The last MSR that can be a register of the local APIC.</summary>
    public const uint LastMsr = 0x83F;

    /// <summary>IA32_APIC_BASE.</summary>
    public const uint ApicBaseMsr = 0x1B;

    /// <summary>IA32_TSC_DEADLINE.</summary>
    public const uint TscDeadlineMsr = 0x6E0;
}
