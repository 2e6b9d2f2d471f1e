using System;
using System.IO;
using HyperCore.Tool.Trust;
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
          key new DIR            makes the keys for signing, in a new folder
          image sign --tree DIR --keys DIR
                                 puts the key into the images of a tree, writes and signs the manifest of its files, and
                                 signs the images for Secure Boot; docs/trust.md has the whole way
          image verify --tree DIR
                                 says what HyperCore would refuse of a tree; exit code 1 when there is something
          measure --tree DIR [--boot-path PATH]
                                 says what the TPM's registers will hold; PATH is the image that the firmware starts
                                 (\EFI\BOOT\BOOTX64.EFI)
          pe-to-elf IN OUT       makes a 32-bit ELF executable of a PE image, for Multiboot loaders
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

                case ["key", "new", string folder]:
                    return new KeyNewCommand(output).Run(folder);
                case ["image", "sign", "--tree", string tree, "--keys", string keys]:
                    return new ImageSignCommand(output).Run(tree, keys);
                case ["image", "verify", "--tree", string tree]:
                    return new ImageVerifyCommand(output).Run(tree);
                case ["measure", "--tree", string tree]:
                    return new MeasureCommand(output).Run(tree);
                case ["measure", "--tree", string tree, "--boot-path", string bootPath]:
                    return new MeasureCommand(output).Run(tree, bootPath);
                case ["pe-to-elf", string image, string elf]:
                    File.WriteAllBytes(elf, ElfFromPe.Convert(File.ReadAllBytes(image)));
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
