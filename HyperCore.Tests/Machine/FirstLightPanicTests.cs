using System.IO;
using System.Linq;
using HyperCore.Tests.Harness;
using HyperCore.Tool;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Machine;

/// <summary>Internal errors of HyperCore, made on purpose in a test build (HyperCore.Efi/Startup/TestSwitches.cs).</summary>
public class FirstLightPanicTests(ITestOutputHelper output) : MachineTest(output)
{
    private const string Image = "HyperCore.PanicTest.efi";
    private const string Switch = "/EFI/HyperCore/test-switch";

    [Theory]
    [InlineData("throw", "provoked by a test")]
    [InlineData("null", "#PF")]
    [InlineData("stack", "(?i)stack|#PF|#DF")]
    [InlineData("text", "#PF")]
    [InlineData("divide", "(?i)#DE|divi")]
    public void InternalError_Anywhere_IsReportedOnSerialAndScreen(string kind, string message) => Boot(Esp.Booting(Image).Write(Switch, kind), machine =>
    {
        machine.Serial.ExpectsPanic = true;
        machine.Serial.WaitFor("^panic: .*(" + message + ")");
        machine.Serial.WaitFor(@"^ +version=\S+ pcpu=0 image=[0-9a-f]{16}");
        machine.Serial.WaitFor(@"^ +rip +[0-9a-f]{16}");
        machine.Serial.WaitFor(@"^ +#0 +[0-9a-f]{16} HyperCore\.efi\+0x[0-9a-f]+$");

        // The last line of all: the picture comes after it.
        machine.Serial.WaitForQuiet();
        Screenshot picture = machine.TakeScreenshot();
        picture.SavePng(Path.Combine(Screens, $"panic-{kind}.png"));
        Assert.True(picture.ShareNotBlack() > 0.9, "the panic screen does not fill the screen");
        Assert.True(picture.CountColours() >= 3, $"the panic screen has {picture.CountColours()} colours");

        using var symbolized = new StringWriter();
        string[] command = ["symbolize", Path.ChangeExtension(Repository.Built(Image), ".map")];
        Assert.Equal(ExitCode.Good, new CommandLine(new ToolContext(new StringReader(machine.Serial.Text), symbolized, NullLogger.Instance)).Run(command));
        Note(string.Join('\n', symbolized.ToString().Split('\n').Where(line => line.Contains("HyperCore.efi+0x"))));
        Assert.Contains("HyperCore.Efi.Panic.PanicTest.", symbolized.ToString());
    });

    [Fact]
    public void SvmLockedOff_Menu_SaysWhereToSwitchItOn() => Boot(Esp.Booting(Image).Write(Switch, "svm-locked"), machine =>
    {
        machine.Serial.WaitFor(MenuShown);
        machine.Serial.WaitForScreen("SVM is locked off by the firmware");
    });
}
