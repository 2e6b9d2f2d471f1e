using System;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;

namespace HyperCore.Tool;

/// <summary>The host command line, <c>hypercore</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // What a command is asked for goes to standard output, everything it has to say itself to standard error.
        using ILoggerFactory factory = LoggerFactory.Create(logging => logging
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.ColorBehavior = LoggerColorBehavior.Disabled;
            }));
        var context = new ToolContext(Console.In, Console.Out, factory.CreateLogger("hypercore"))
        {
            OpenInput = Console.OpenStandardInput,
            Progress = Console.IsErrorRedirected ? new NoProgress() : new ProgressBar(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })),
            HasColors = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        };
        return (int)new CommandLine(context).Run(arguments);
    }
}
