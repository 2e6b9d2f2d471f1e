using HyperCore.Efi.Svm;
using Xunit;

namespace HyperCore.Tests.Svm;

/// <summary>The offsets of AMD APM vol. 2, appendix B (checked against public headers of other systems as well).</summary>
public sealed class VmcbLayoutTests
{
    [Theory]
    [InlineData(0x000, Vmcb.InterceptCrRead)]
    [InlineData(0x002, Vmcb.InterceptCrWrite)]
    [InlineData(0x004, Vmcb.InterceptDr)]
    [InlineData(0x008, Vmcb.InterceptExceptions)]
    [InlineData(0x00C, Vmcb.InterceptMisc1)]
    [InlineData(0x010, Vmcb.InterceptMisc2)]
    [InlineData(0x014, Vmcb.InterceptMisc3)]
    [InlineData(0x03C, Vmcb.PauseFilterThreshold)]
    [InlineData(0x03E, Vmcb.PauseFilterCount)]
    [InlineData(0x040, Vmcb.IopmBasePa)]
    [InlineData(0x048, Vmcb.MsrpmBasePa)]
    [InlineData(0x050, Vmcb.TscOffset)]
    [InlineData(0x058, Vmcb.GuestAsid)]
    [InlineData(0x05C, Vmcb.TlbControl)]
    [InlineData(0x060, Vmcb.VIntr)]
    [InlineData(0x068, Vmcb.InterruptShadow)]
    [InlineData(0x070, Vmcb.ExitCode)]
    [InlineData(0x078, Vmcb.ExitInfo1)]
    [InlineData(0x080, Vmcb.ExitInfo2)]
    [InlineData(0x088, Vmcb.ExitIntInfo)]
    [InlineData(0x090, Vmcb.NpEnable)]
    [InlineData(0x0A8, Vmcb.EventInj)]
    [InlineData(0x0B0, Vmcb.NCr3)]
    [InlineData(0x0C0, Vmcb.VmcbClean)]
    [InlineData(0x0C8, Vmcb.NRip)]
    [InlineData(0x0D0, Vmcb.BytesFetched)]
    [InlineData(0x0D1, Vmcb.GuestInstructionBytes)]
    public void ControlArea_Offset_IsTableB1s(int expected, int actual) => Assert.Equal(expected, actual);

    [Theory]
    [InlineData(0x000, Vmcb.Es)]
    [InlineData(0x010, Vmcb.Cs)]
    [InlineData(0x020, Vmcb.Ss)]
    [InlineData(0x030, Vmcb.Ds)]
    [InlineData(0x040, Vmcb.Fs)]
    [InlineData(0x050, Vmcb.Gs)]
    [InlineData(0x060, Vmcb.Gdtr)]
    [InlineData(0x070, Vmcb.Ldtr)]
    [InlineData(0x080, Vmcb.Idtr)]
    [InlineData(0x090, Vmcb.Tr)]
    [InlineData(0x0CB, Vmcb.Cpl)]
    [InlineData(0x0D0, Vmcb.Efer)]
    [InlineData(0x148, Vmcb.Cr4)]
    [InlineData(0x150, Vmcb.Cr3)]
    [InlineData(0x158, Vmcb.Cr0)]
    [InlineData(0x160, Vmcb.Dr7)]
    [InlineData(0x168, Vmcb.Dr6)]
    [InlineData(0x170, Vmcb.Rflags)]
    [InlineData(0x178, Vmcb.Rip)]
    [InlineData(0x1D8, Vmcb.Rsp)]
    [InlineData(0x1F8, Vmcb.Rax)]
    [InlineData(0x200, Vmcb.Star)]
    [InlineData(0x208, Vmcb.Lstar)]
    [InlineData(0x210, Vmcb.Cstar)]
    [InlineData(0x218, Vmcb.Sfmask)]
    [InlineData(0x220, Vmcb.KernelGsBase)]
    [InlineData(0x228, Vmcb.SysenterCs)]
    [InlineData(0x230, Vmcb.SysenterEsp)]
    [InlineData(0x238, Vmcb.SysenterEip)]
    [InlineData(0x240, Vmcb.Cr2)]
    [InlineData(0x268, Vmcb.GPat)]
    [InlineData(0x270, Vmcb.DbgCtl)]
    public void SaveArea_Offset_IsTableB2s(int expected, int actual) => Assert.Equal(0x400 + expected, actual);

    [Fact]
    public void Vmcb_Size_IsOnePage() => Assert.Equal(0x1000, Vmcb.Size);

    [Theory]
    [InlineData(0, Intercept.Intr)]
    [InlineData(1, Intercept.Nmi)]
    [InlineData(3, Intercept.Init)]
    [InlineData(4, Intercept.Vintr)]
    [InlineData(15, Intercept.Rdpmc)]
    [InlineData(18, Intercept.Cpuid)]
    [InlineData(19, Intercept.Rsm)]
    [InlineData(20, Intercept.Iret)]
    [InlineData(22, Intercept.Invd)]
    [InlineData(23, Intercept.Pause)]
    [InlineData(24, Intercept.Hlt)]
    [InlineData(26, Intercept.Invlpga)]
    [InlineData(27, Intercept.IoioProt)]
    [InlineData(28, Intercept.MsrProt)]
    [InlineData(30, Intercept.FerrFreeze)]
    [InlineData(31, Intercept.Shutdown)]
    public void Intercept_FirstVectorsBit_IsTableB1s(int bit, uint actual) => Assert.Equal(1u << bit, actual);

    [Theory]
    [InlineData(0, Intercept.Vmrun)]
    [InlineData(1, Intercept.Vmmcall)]
    [InlineData(2, Intercept.Vmload)]
    [InlineData(3, Intercept.Vmsave)]
    [InlineData(4, Intercept.Stgi)]
    [InlineData(5, Intercept.Clgi)]
    [InlineData(6, Intercept.Skinit)]
    [InlineData(9, Intercept.Wbinvd)]
    [InlineData(10, Intercept.Monitor)]
    [InlineData(11, Intercept.Mwait)]
    [InlineData(13, Intercept.Xsetbv)]
    [InlineData(14, Intercept.Rdpru)]
    public void Intercept_SecondVectorsBit_IsTableB1s(int bit, uint actual) => Assert.Equal(1u << bit, actual);

    [Theory]
    [InlineData(0x00, ExitCode.Cr0Read)]
    [InlineData(0x10, ExitCode.Cr0Write)]
    [InlineData(0x40, ExitCode.Exception0)]
    [InlineData(0x5F, ExitCode.ExceptionLast)]
    [InlineData(0x60, ExitCode.Intr)]
    [InlineData(0x61, ExitCode.Nmi)]
    [InlineData(0x62, ExitCode.Smi)]
    [InlineData(0x63, ExitCode.Init)]
    [InlineData(0x64, ExitCode.Vintr)]
    [InlineData(0x6F, ExitCode.Rdpmc)]
    [InlineData(0x72, ExitCode.Cpuid)]
    [InlineData(0x73, ExitCode.Rsm)]
    [InlineData(0x74, ExitCode.Iret)]
    [InlineData(0x76, ExitCode.Invd)]
    [InlineData(0x77, ExitCode.Pause)]
    [InlineData(0x78, ExitCode.Hlt)]
    [InlineData(0x7A, ExitCode.Invlpga)]
    [InlineData(0x7B, ExitCode.Ioio)]
    [InlineData(0x7C, ExitCode.Msr)]
    [InlineData(0x7E, ExitCode.FerrFreeze)]
    [InlineData(0x7F, ExitCode.Shutdown)]
    [InlineData(0x80, ExitCode.Vmrun)]
    [InlineData(0x81, ExitCode.Vmmcall)]
    [InlineData(0x82, ExitCode.Vmload)]
    [InlineData(0x83, ExitCode.Vmsave)]
    [InlineData(0x84, ExitCode.Stgi)]
    [InlineData(0x85, ExitCode.Clgi)]
    [InlineData(0x86, ExitCode.Skinit)]
    [InlineData(0x89, ExitCode.Wbinvd)]
    [InlineData(0x8A, ExitCode.Monitor)]
    [InlineData(0x8B, ExitCode.Mwait)]
    [InlineData(0x8C, ExitCode.MwaitConditional)]
    [InlineData(0x8D, ExitCode.Xsetbv)]
    [InlineData(0x8E, ExitCode.Rdpru)]
    [InlineData(0x400, ExitCode.Npf)]
    public void ExitCode_Value_IsAppendixCs(uint expected, uint actual) => Assert.Equal(expected, actual);

    [Fact]
    public void EventInjectionFormat_Bits_AreSection15_20s()
    {
        Assert.Equal(0x8000_0000ul, EventInjectionFormat.Valid);
        Assert.Equal(0x800ul, EventInjectionFormat.ErrorCodeValid);
        Assert.Equal(0x700ul, EventInjectionFormat.TypeMask);
        Assert.Equal(0x000ul, EventInjectionFormat.TypeInterrupt);
        Assert.Equal(0x200ul, EventInjectionFormat.TypeNmi);
        Assert.Equal(0x300ul, EventInjectionFormat.TypeException);
        Assert.Equal(0x400ul, EventInjectionFormat.TypeSoftwareInterrupt);
        Assert.Equal(32, EventInjectionFormat.ErrorCodeShift);
    }
}
