using System;
using System.IO;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool;

/// <summary>Finds the command that is meant, and carries it out.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">What was asked for.</param>
/// <param name="log">What went wrong.</param>
internal sealed class CommandLine(TextReader input, TextWriter output, ILogger log)
{
    private const string Help = """
        usage: hypercore COMMAND

          check FILE             reads a hypercore.conf and says what is wrong with it, in the words of the menu;
                                 exit code 1 when it has errors
          symbolize MAP [FILE]   names the methods in a panic's report, copied from the serial line (standard input
                                 when FILE is left out or -); MAP is the HyperCore.map beside the HyperCore.efi
          pe-to-elf IN OUT       makes a 32-bit ELF executable of a PE image, for Multiboot loaders
          trim-elf IN OUT        makes a 64-bit ELF executable, such as Linux's vmlinux, smaller, without what is not
                                 loaded and without zeros at the ends of its segments
          help                   this text

        Exit codes: 0 good, 1 errors were found, 2 called wrongly or a file could not be read.
        """;

    /// <summary>Carries out a command.</summary>
    public ExitCode Run(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["help" or "--help" or "-h"]:
                    output.WriteLine(Help);
                    return ExitCode.Good;
                case ["check", string file]:
                    return new CheckCommand(output, log).Run(file);
                case ["symbolize", string map]:
                    return new SymbolizeCommand(output, log).Run(map, input);
                case ["symbolize", string map, "-"]:
                    return new SymbolizeCommand(output, log).Run(map, input);
                case ["symbolize", string map, string file]:
                    using (var report = new StreamReader(file))
                    {
                        return new SymbolizeCommand(output, log).Run(map, report);
                    }

                case ["pe-to-elf", string image, string elf]:
                    File.WriteAllBytes(elf, ElfFromPe.Convert(File.ReadAllBytes(image)));
                    return ExitCode.Good;
                case ["trim-elf", string executable, string trimmed]:
                    File.WriteAllBytes(trimmed, TrimmedElf.Trim(File.ReadAllBytes(executable)));
                    return ExitCode.Good;
                default:
                    log.LogError("{Problem}; see hypercore help", arguments.Length == 0 ? "no command was given" : $"cannot make sense of: {string.Join(' ', arguments)}");
                    return ExitCode.Usage;
            }
        }
        catch (InvalidDataException exception)
        {
            log.LogError("{Problem}", exception.Message);
            return ExitCode.Bad;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogError("{Problem}", exception.Message);
            return ExitCode.Usage;
        }
    }
}
