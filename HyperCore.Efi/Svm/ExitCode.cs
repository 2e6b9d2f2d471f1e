namespace HyperCore.Efi.Svm;

/// <summary>#VMEXIT codes (AMD APM vol. 2, appendix C).</summary>
internal static class ExitCode
{
    public const uint Cr0Read = 0x00;
    public const uint Cr0Write = 0x10;
    public const uint CrLast = 0x1F;
    public const uint Exception0 = 0x40;
    public const uint ExceptionLast = 0x5F;
    public const uint Intr = 0x60;
    public const uint Nmi = 0x61;
    public const uint Smi = 0x62;
    public const uint Init = 0x63;
    public const uint Vintr = 0x64;
    public const uint Rdpmc = 0x6F;
    public const uint Cpuid = 0x72;
    public const uint Rsm = 0x73;
    public const uint Iret = 0x74;
    public const uint Invd = 0x76;
    public const uint Pause = 0x77;
    public const uint Hlt = 0x78;
    public const uint Invlpga = 0x7A;
    public const uint Ioio = 0x7B;
    public const uint Msr = 0x7C;
    public const uint FerrFreeze = 0x7E;
    public const uint Shutdown = 0x7F;
    public const uint Vmrun = 0x80;
    public const uint Vmmcall = 0x81;
    public const uint Vmload = 0x82;
    public const uint Vmsave = 0x83;
    public const uint Stgi = 0x84;
    public const uint Clgi = 0x85;
    public const uint Skinit = 0x86;
    public const uint Wbinvd = 0x89;
    public const uint Monitor = 0x8A;
    public const uint Mwait = 0x8B;
    public const uint MwaitConditional = 0x8C;
    public const uint Rdpru = 0x8E;
    public const uint Xsetbv = 0x8D;
    public const uint Npf = 0x400;

    /// <summary>VMEXIT_INVALID is -1; only the low 32 bits are compared, because emulators disagree about the upper half.</summary>
    public const uint Invalid = 0xFFFF_FFFF;
}
