using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;

namespace HyperCore.Tool.Commands;

/// <summary>Help, with examples and what the exit codes mean.</summary>
/// <param name="standard">The help that the parser writes.</param>
internal sealed class HelpWithExamples(HelpAction standard) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0  everything is as it should be
          1  what was checked has errors
          2  called wrongly, or a file that was named does not exist
          3  the work could not be done: no permission, no room, no UEFI variables
          4  the question was answered with no; nothing was changed
        """;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is ToolCommand command)
        {
            output.WriteLine("Examples:");
            foreach ((string call, string purpose) in command.Examples)
            {
                output.WriteLine($"  {call}");
                output.WriteLine($"      {purpose}");
            }

            output.WriteLine();
            if (command.ExitCodes is { } particular)
            {
                output.WriteLine(particular);
                output.WriteLine();
            }
        }
        else
        {
            output.WriteLine("hypercore COMMAND --help shows a command's options, with examples.");
            output.WriteLine();
        }

        output.WriteLine(ExitCodes);
        return code;
    }
}
