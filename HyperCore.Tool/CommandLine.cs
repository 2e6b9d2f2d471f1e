using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.IO;
using System.Linq;
using HyperCore.Tool.Commands;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool;

/// <summary>Finds the command that is meant, and carries it out.</summary>
/// <param name="context">What commands have to do with.</param>
internal sealed class CommandLine(ToolContext context)
{
    private const string Description = """
        Makes and looks after what HyperCore, a hypervisor that the firmware starts, needs on a PC: USB images, boot entries, configurations, logs.
        """;

    /// <summary>Carries out a command.</summary>
    public ExitCode Run(string[] arguments)
    {
        // "help COMMAND" is what many try first.
        string[] words = arguments is ["help", .. string[] rest] ? [.. rest, "--help"] : arguments;
        try
        {
            ParseResult result = Root().Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (result.Errors.Count > 0)
            {
                foreach (string problem in result.Errors.Select(error => error.Message).Distinct())
                {
                    context.Log.LogError("{Problem}; see hypercore help", problem.TrimEnd('.'));
                }

                return ExitCode.Usage;
            }

            return (ExitCode)result.Invoke(new InvocationConfiguration { Output = context.Output, Error = context.Output, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (InvalidDataException exception)
        {
            context.Log.LogError("{Problem}", exception.Message);
            return ExitCode.Bad;
        }
        catch (UsageException exception)
        {
            context.Log.LogError("{Problem}", exception.Message);
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            context.Log.LogError("{Problem}", exception.Message);
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Log.LogError("{Problem}", exception.Message);
            return ExitCode.Failed;
        }
    }

    private RootCommand Root()
    {
        var root = new RootCommand(Description)
        {
            new Command("config", "Works on a hypercore.conf.") { new ConfigCheckCommand(context, "check") },
            new Command("image", "Makes what the firmware starts HyperCore from.") { new ImageBuildCommand(context), new ImageSignCommand(context) },
            new Command("key", "Makes the keys that image sign signs with.") { new KeyNewCommand(context) },
            new InstallCommand(context),
            new UninstallCommand(context),
            new LogsCommand(context),
            new MeasureCommand(context),
            new SymbolizeCommand(context),
            new VerifyCommand(context),
            new PeToElfCommand(context),
            new TrimElfCommand(context),

            // The name that config check had before there were more commands.
            new ConfigCheckCommand(context, "check") { Hidden = true },
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
