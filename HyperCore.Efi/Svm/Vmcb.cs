namespace HyperCore.Efi.Svm;

/// <summary>
/// Layout of the virtual machine control block: byte offsets of its fields (AMD APM vol. 2, appendix B, tables B-1 and B-2).
/// The block is one 4 KiB page: a control area of 400h bytes, then the state save area.
/// </summary>
internal static class Vmcb
{
    public const int Size = 0x1000;

    public const int InterceptCrRead = 0x000;
    public const int InterceptCrWrite = 0x002;
    public const int InterceptDr = 0x004;
    public const int InterceptExceptions = 0x008;
    public const int InterceptMisc1 = 0x00C;
    public const int InterceptMisc2 = 0x010;
    public const int InterceptMisc3 = 0x014;
    public const int PauseFilterThreshold = 0x03C;
    public const int PauseFilterCount = 0x03E;
    public const int IopmBasePa = 0x040;
    public const int MsrpmBasePa = 0x048;
    public const int TscOffset = 0x050;
    public const int GuestAsid = 0x058;
    public const int TlbControl = 0x05C;
    public const int VIntr = 0x060;
    public const int InterruptShadow = 0x068;
    public const int ExitCode = 0x070;
    public const int ExitInfo1 = 0x078;
    public const int ExitInfo2 = 0x080;
    public const int ExitIntInfo = 0x088;
    public const int NpEnable = 0x090;
    public const int EventInj = 0x0A8;
    public const int NCr3 = 0x0B0;
    public const int VmcbClean = 0x0C0;
    public const int NRip = 0x0C8;
    public const int BytesFetched = 0x0D0;
    public const int GuestInstructionBytes = 0x0D1;

    public const int SaveArea = 0x400;
    public const int Es = SaveArea + 0x000;
    public const int Cs = SaveArea + 0x010;
    public const int Ss = SaveArea + 0x020;
    public const int Ds = SaveArea + 0x030;
    public const int Fs = SaveArea + 0x040;
    public const int Gs = SaveArea + 0x050;
    public const int Gdtr = SaveArea + 0x060;
    public const int Ldtr = SaveArea + 0x070;
    public const int Idtr = SaveArea + 0x080;
    public const int Tr = SaveArea + 0x090;
    public const int Cpl = SaveArea + 0x0CB;
    public const int Efer = SaveArea + 0x0D0;
    public const int Cr4 = SaveArea + 0x148;
    public const int Cr3 = SaveArea + 0x150;
    public const int Cr0 = SaveArea + 0x158;
    public const int Dr7 = SaveArea + 0x160;
    public const int Dr6 = SaveArea + 0x168;
    public const int Rflags = SaveArea + 0x170;
    public const int Rip = SaveArea + 0x178;
    public const int Rsp = SaveArea + 0x1D8;
    public const int Rax = SaveArea + 0x1F8;
    public const int Star = SaveArea + 0x200;
    public const int Lstar = SaveArea + 0x208;
    public const int Cstar = SaveArea + 0x210;
    public const int Sfmask = SaveArea + 0x218;
    public const int KernelGsBase = SaveArea + 0x220;
    public const int SysenterCs = SaveArea + 0x228;
    public const int SysenterEsp = SaveArea + 0x230;
    public const int SysenterEip = SaveArea + 0x238;
    public const int Cr2 = SaveArea + 0x240;
    public const int GPat = SaveArea + 0x268;
    public const int DbgCtl = SaveArea + 0x270;
}
