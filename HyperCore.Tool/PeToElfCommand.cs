using System;
using System.IO;

namespace HyperCore.Tool;

/// <summary><c>pe-to-elf IN OUT</c>: see <see cref="ElfFromPe"/>.</summary>
internal static class PeToElfCommand
{
    /// <summary>How the command is called.</summary>
    public const string Usage = "pe-to-elf IN OUT";

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0, 1 when the file cannot be converted, 2 when the arguments are wrong.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine($"usage: hypercore {Usage}");
            return 2;
        }

        try
        {
            File.WriteAllBytes(arguments[1], ElfFromPe.Convert(File.ReadAllBytes(arguments[0])));
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"hypercore: {arguments[0]}: {e.Message}");
            return 1;
        }
    }
}
