using System.IO;
using HyperCore.Tool;
using Spectre.Console;
using Xunit;

namespace HyperCore.Tests.Tool;

public class ProgressBarTests
{
    [Fact]
    public void Work_IsDoneOnce()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        int calls = 0;
        new ProgressBar(console).Run("copying [all]", progress =>
        {
            calls++;
            progress.Report(0.5);
            progress.Report(1);
        });
        Assert.Equal(1, calls);
        Assert.Contains("copying [all]", output.ToString());
    }
}
