namespace HyperCore.Efi.Svm;

/// <summary>Bits of the VMCB's intercept vectors (AMD APM vol. 2, table B-1, offsets 000h, 00Ch and 010h).</summary>
internal static class Intercept
{
    // Offset 000h: reads of CR0 to CR15 in the low half, writes in the high half.
    public const uint Cr8Write = 1u << 24;

    // Offset 00Ch.
    public const uint Intr = 1u << 0;
    public const uint Nmi = 1u << 1;
    public const uint Init = 1u << 3;
    public const uint Vintr = 1u << 4;
    public const uint Rdpmc = 1u << 15;
    public const uint Cpuid = 1u << 18;
    public const uint Rsm = 1u << 19;
    public const uint Iret = 1u << 20;
    public const uint Invd = 1u << 22;
    public const uint Pause = 1u << 23;
    public const uint Hlt = 1u << 24;
    public const uint Invlpga = 1u << 26;
    public const uint IoioProt = 1u << 27;
    public const uint MsrProt = 1u << 28;
    public const uint FerrFreeze = 1u << 30;
    public const uint Shutdown = 1u << 31;

    // Offset 010h.
    public const uint Vmrun = 1u << 0;
    public const uint Vmmcall = 1u << 1;
    public const uint Vmload = 1u << 2;
    public const uint Vmsave = 1u << 3;
    public const uint Stgi = 1u << 4;
    public const uint Clgi = 1u << 5;
    public const uint Skinit = 1u << 6;
    public const uint Wbinvd = 1u << 9;
    public const uint Monitor = 1u << 10;
    public const uint Mwait = 1u << 11;
    public const uint Xsetbv = 1u << 13;
    public const uint Rdpru = 1u << 14;
}
