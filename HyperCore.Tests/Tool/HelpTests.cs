using HyperCore.Tool;
using Xunit;

namespace HyperCore.Tests.Tool;

public class HelpTests : ToolTestBase
{
    [Theory]
    [InlineData("config check", "hypercore config check esp-image/hypercore.conf")]
    [InlineData("image build", "--tree", "--output", "--size", "--label", "--esp", "SOURCE_DATE_EPOCH")]
    [InlineData("verify", "--image", "--esp", "hypercore verify --image artifacts/hypercore-usb.img")]
    [InlineData("install", "--esp", "--device", "--label", "--first", "--dry-run", "--yes", "--replace-config", "sudo hypercore install")]
    [InlineData("uninstall", "--keep-files", "--dry-run", "sudo hypercore uninstall")]
    [InlineData("logs", "--follow", "--level", "--vm", "--grep", "--json", "hypercore logs serial.log")]
    [InlineData("symbolize", "<MAP>", "HyperCore.map")]
    [InlineData("pe-to-elf", "<IN>", "<OUT>")]
    public void Help_Command_HasExamplesAndExitCodes(string command, params string[] phrases)
    {
        Assert.Equal(ExitCode.Good, Run("", [.. command.Split(' '), "--help"]));
        string asOption = Output;
        Assert.Equal(ExitCode.Good, Run("", ["help", .. command.Split(' ')]));

        Assert.Equal(asOption, Output);
        Assert.All(phrases, phrase => Assert.Contains(phrase, Output));
        Assert.Contains("Examples:", Output);
        Assert.Contains("Exit codes:", Output);
        Assert.Empty(Messages);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_Alone_NamesEveryCommand(string argument)
    {
        Assert.Equal(ExitCode.Good, Run("", argument));
        Assert.All((string[])["config", "image", "install", "uninstall", "logs", "verify", "symbolize", "pe-to-elf"], command => Assert.Contains($"\n  {command}", Output));
        Assert.Contains("4  the question was answered with no", Output);
    }

    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("check")]
    [InlineData("config")]
    [InlineData("image")]
    [InlineData("verify", "--frobnicate")]
    [InlineData("@file")]
    public void Run_CalledWrongly_PointsToHelp(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, Run("", arguments));
        Assert.Contains(Messages, message => message.StartsWith("Error:") && message.Contains("hypercore help"));
    }
}
