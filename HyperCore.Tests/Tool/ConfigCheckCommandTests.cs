using HyperCore.Tests.Harness;
using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class ConfigCheckCommandTests : ToolTestBase
{
    [Fact]
    public void Check_ShippedConfiguration_IsGood()
    {
        Assert.Equal(ExitCode.Good, Run("", "config", "check", Repository.Root + "/esp-image/hypercore.conf"));
        Assert.Equal("", Output);
    }

    [Fact]
    public void Check_BadValue_SaysLineColumnAndWhatWasExpected()
    {
        string path = WriteFile("bad.conf", "[hypercore]\ntimeout = soon\n");

        Assert.Equal(ExitCode.Bad, Run("", "config", "check", path));
        Assert.Matches(@"^bad\.conf:2:11: .*expected", Output);
    }

    [Fact]
    public void Check_NoFile_IsCalledWrongly()
    {
        Assert.Equal(ExitCode.Usage, Run("", "config", "check", "/does/not/exist.conf"));
        Assert.Contains(Messages, message => message.StartsWith("Error:") && message.Contains("/does/not/exist.conf"));
    }

    [Fact]
    public void Check_OldName_StillWorks() => Assert.Equal(ExitCode.Good, Run("", "check", Repository.Root + "/esp-image/hypercore.conf"));
}
