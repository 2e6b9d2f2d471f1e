using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>The local APIC, in either mode (AMD APM vol. 2, chapter 16).</summary>
internal static class Apic
{
    public const uint Id = 0x20;
    public const uint Version = 0x30;
    public const uint TaskPriority = 0x80;
    public const uint LogicalDestination = 0xD0;
    public const uint SpuriousVector = 0xF0;
    public const uint TriggerMode = 0x180;
    public const uint InterruptRequest = 0x200;
    public const uint CommandLow = 0x300;
    public const uint CommandHigh = 0x310;
    public const uint LvtTimer = 0x320;
    public const uint LvtLint0 = 0x350;
    public const uint InitialCount = 0x380;
    public const uint CurrentCount = 0x390;
    public const uint DivideConfiguration = 0x3E0;
    public const uint SelfIpi = 0x3F0;

    public const uint BaseMsr = 0x1B;
    public const uint DeadlineMsr = 0x6E0;
    public const ulong BaseEnabled = 1 << 11;
    public const ulong BaseX2Apic = 1 << 10;

    public const uint Masked = 1 << 16;
    public const uint Periodic = 1 << 17;
    public const uint Deadline = 2 << 17;
    public const uint ModeNmi = 4 << 8;
    public const uint ModeExtInt = 7 << 8;
    public const uint SelfShorthand = 1 << 18;
    public const uint DivideBy16 = 3;

    private const uint MsrFirst = 0x800;
    private const uint EndOfInterruptRegister = 0xB0;
    private const uint SoftwareEnabled = 0x100;
    private const uint SpuriousNumber = 0xFF;

    private static bool s_x2Apic;

    /// <summary>Software-enables it, with everything masked.</summary>
    public static void Initialize()
    {
        s_x2Apic = (Intrinsics.ReadMsr(BaseMsr) & BaseX2Apic) != 0;
        Write(SpuriousVector, SoftwareEnabled | SpuriousNumber);
        Write(TaskPriority, 0);
        Write(LvtTimer, Masked);
        Write(LvtLint0, Masked);
    }

    public static uint Read(uint register) =>
        s_x2Apic ? (uint)Intrinsics.ReadMsr(MsrFirst + (register >> 4)) : Intrinsics.ReadMemory32(PlatformLayout.LocalApicBase + register);

    public static void Write(uint register, uint value)
    {
        if (s_x2Apic)
        {
            Intrinsics.WriteMsr(MsrFirst + (register >> 4), value);
        }
        else
        {
            Intrinsics.WriteMemory32(PlatformLayout.LocalApicBase + register, value);
        }
    }

    public static void EndOfInterrupt() => Write(EndOfInterruptRegister, 0);

    /// <summary>Sends this processor an interrupt.</summary>
    public static void SendSelf(int vector) => Write(CommandLow, SelfShorthand | (uint)vector);

    /// <summary>A vector is waiting to be taken.</summary>
    public static bool IsRequested(int vector) => Has(InterruptRequest, vector);

    /// <summary>A vector was level-triggered when it came last.</summary>
    public static bool IsLevelTriggered(int vector) => Has(TriggerMode, vector);

    private static bool Has(uint set, int vector) => (Read(set + ((uint)vector >> 5 << 4)) >> (vector & 31) & 1) != 0;
}
