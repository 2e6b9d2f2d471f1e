using HyperCore.Tool;
using HyperCore.Tool.Symbols;
using Xunit;

namespace HyperCore.Tests.Tool;

public class SymbolizeCommandTests : ToolTestBase
{
    private const string Map = """
        Address  Size     Align Out     In      Symbol
        00001000 00000100  4096 .text
        00001000 00000080     1         /x/HyperCore.obj:(.text)
        00001000 00000000     0                 HyperCore_Efi_HyperCore_Efi_Hypervisor__Run
        00001040 00000000     0                 HyperCore_CoreLib_System_Span_1<Char>__Slice_0
        00001040 00000000     0                 Alias
        00001080 00000080     1         /x/Startup.asm.obj:(.text)
        00001080 00000000     0                 EfiMain
        00002000 00000010  4096 .rdata
        00002000 00000010     1         /x/HyperCore.obj:(.rdata)
        00002000 00000000     0                 HyperCore_Efi_Data
        """;

    [Fact]
    public void Symbolize_PanicReport_NamesAddresses()
    {
        const string Report = """
            panic: something
              version=0.1.0 pcpu=0 image=000000003db18000
              rip     000000003db19040  rsp     000000003e000000
              #0  000000003db19040 HyperCore.efi+0x1040
              #1  000000003db19010 HyperCore.efi+0x1010
              #2  000000003db19080 HyperCore.efi+0x1080
              #3  000000003db19041 HyperCore.efi+0x1041
              #4  000000003db19090 HyperCore.efi+0x1090
              #5  000000003db1a000 HyperCore.efi+0x2000
            """;

        Assert.Equal(ExitCode.Good, Run(Report, "symbolize", WriteFile("HyperCore.map", Map)));

        string[] lines = Output.Split('\n');
        Assert.EndsWith("rsp     000000003e000000  System.Span`1<Char>.Slice+0x0", lines[2]);
        Assert.EndsWith("+0x1040  System.Span`1<Char>.Slice+0x0", lines[3]);
        Assert.EndsWith("+0x1010  HyperCore.Efi.Hypervisor.Run+0x10", lines[4]);

        // Behind the last instruction of a method: the call in it is meant.
        Assert.EndsWith("System.Span`1<Char>.Slice+0x40", lines[5]);
        Assert.EndsWith("System.Span`1<Char>.Slice+0x1", lines[6]);
        Assert.EndsWith("EfiMain+0x10", lines[7]);
        Assert.EndsWith("+0x2000", lines[8]);
    }

    [Fact]
    public void Symbolize_NoAddresses_SaysSo()
    {
        Assert.Equal(ExitCode.Bad, Run("hello", "symbolize", WriteFile("HyperCore.map", Map), "-"));
        Assert.Contains(Messages, message => message.Contains("no address of HyperCore"));
    }

    [Fact]
    public void Symbolize_NoMap_SaysSo()
    {
        Assert.Equal(ExitCode.Usage, Run("", "symbolize", WriteFile("some.txt", "text")));
        Assert.Contains(Messages, message => message.Contains("no map of lld-link"));
    }

    [Theory]
    [InlineData("HyperCore_Efi_HyperCore_Efi_Uefi_EFI_BOOT_SERVICES__get_Size", "HyperCore.Efi.Uefi.EFI_BOOT_SERVICES.get_Size")]
    [InlineData("HyperCore_Efi_HyperCore_Core_Diagnostics_TextBuilder__Append_12", "HyperCore.Core.Diagnostics.TextBuilder.Append")]
    [InlineData("Iced_Iced_Intel_Decoder__Decode", "Iced.Intel.Decoder.Decode")]
    [InlineData("memmove.four", "memmove.four")]
    public void Readable_CompilersName_IsTheSourcesName(string symbol, string name) => Assert.Equal(name, SymbolName.Readable(symbol));
}
