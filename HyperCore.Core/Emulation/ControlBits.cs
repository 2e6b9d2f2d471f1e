namespace HyperCore.Core.Emulation;

/// <summary>The control and flag bits the emulator looks at (AMD APM vol. 2, 3.1).</summary>
internal static class ControlBits
{
    public const ulong Cr0ProtectionEnable = 1;
    public const ulong Cr4LinearAddress57 = 1 << 12;
    public const ulong EferLongModeActive = 1 << 10;

    public const ulong FlagCarry = 1;
    public const ulong FlagParity = 4;
    public const ulong FlagAuxiliary = 0x10;
    public const ulong FlagZero = 0x40;
    public const ulong FlagSign = 0x80;
    public const ulong FlagTrap = 0x100;
    public const ulong FlagDirection = 0x400;
    public const ulong FlagOverflow = 0x800;
    public const ulong FlagResume = 0x1_0000;
    public const ulong FlagVirtual8086 = 0x2_0000;
    public const ulong FlagsArithmetic = FlagCarry | FlagParity | FlagAuxiliary | FlagZero | FlagSign | FlagOverflow;

    /// <summary>DR6.BS: a single-step trap (APM vol. 2, 13.1.1.3).</summary>
    public const ulong Dr6SingleStep = 1 << 14;

    /// <summary>Whether a linear address is canonical with 4-level (48 bits) or 5-level (57 bits) paging (APM vol. 2, 5.3.1).</summary>
    public static bool IsCanonical(ulong linear, ulong cr4)
    {
        int unused = (cr4 & Cr4LinearAddress57) != 0 ? 7 : 16;
        return (ulong)((long)(linear << unused) >> unused) == linear;
    }
}
