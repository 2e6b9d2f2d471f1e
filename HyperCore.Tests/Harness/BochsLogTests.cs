using System.IO;
using Xunit;

namespace HyperCore.Tests.Harness;

public class BochsLogTests
{
    [Fact]
    public void Read_LogWithUsualLines_LeavesThemOut()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, """
            00788299005e[CPU0  ] SVM VMEXIT: I/O port 0x03f8
            00788299005e[CPU0  ] VMEXIT: EPT violation for guest paddr 0x0000fee000b0 laddr 0x00000000fee000b0
            00577954696e[CMOS  ] write to control register 0x0d ignored (read-only)
            00000000001e[CPU0  ] RDMSR: Unknown register 0xc0010131
            """);

        Assert.Equal(["00577954696e[CMOS  ] write to control register 0x0d ignored (read-only)"], BochsLog.Read(path));
        File.Delete(path);
    }

    [Theory]
    [InlineData("00788299005e[CPU0  ] VMRUN: Guest CR4 reserved bits set", true)]
    [InlineData("00788299005e[CPU0  ] SVM: VMRUN CR0 is broken !", true)]
    [InlineData("00788299005e[CPU0  ] SvmInjectEvents: invalid vector 3 for 64-bit mode", true)]
    [InlineData("00788299005e[CPU0  ] VMENTER FAIL: VMCS guest CR4", true)]
    [InlineData("00788299005e[CPU0  ] VMFAIL: VMCS host state invalid CR0 0x00000000", true)]
    [InlineData("00788299005e[CPU0  ] XSETBV: OSXSAVE feature is not enabled in CR4!", false)]
    [InlineData("00788299005e[CPU0  ] SVM VMEXIT: event vector 0x01 type 3 error code=0x0000", false)]
    public void BrokenRules_Line_IsTold(string line, bool isBroken) => Assert.Equal(isBroken, BochsLog.BrokenRules([line]).Count == 1);
}
