using HyperCore.Tests.Harness;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class CheckCommandTests : ToolTestBase
{
    [Fact]
    public void Check_ShippedConfiguration_IsGood()
    {
        Assert.Equal(ExitCode.Good, Run("", "check", Repository.Root + "/esp-image/hypercore.conf"));
        Assert.Equal("", Output);
    }

    [Fact]
    public void Check_BadValue_SaysLineColumnAndWhatWasExpected()
    {
        string path = WriteFile("bad.conf", "[hypercore]\ntimeout = soon\n");

        Assert.Equal(ExitCode.Bad, Run("", "check", path));
        Assert.Matches(@"^bad\.conf:2:11: .*expected", Output);
    }

    [Fact]
    public void Check_NoFile_IsCalledWrongly()
    {
        Assert.Equal(ExitCode.Usage, Run("", "check", "/does/not/exist.conf"));
        Assert.Contains(Messages, message => message.StartsWith("Error:") && message.Contains("/does/not/exist.conf"));
    }

    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("check")]
    public void Run_UnknownCommand_PointsToHelp(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, Run("", arguments));
        Assert.Contains(Messages, message => message.Contains("hypercore help"));
    }

    [Fact]
    public void Run_Help_NamesEveryCommand()
    {
        Assert.Equal(ExitCode.Good, Run("", "help"));
        Assert.Contains("check FILE", Output);
        Assert.Contains("symbolize MAP", Output);
    }
}
