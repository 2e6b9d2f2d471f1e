using System;

namespace HyperCore.Tool;

/// <summary>The host command line.</summary>
internal static class Program
{
    private delegate int Command(ReadOnlySpan<string> arguments);

    // Name, usage, what runs it.
    private static readonly (string Name, string Usage, Command Run)[] s_commands =
    [
        ("pe-to-elf", PeToElfCommand.Usage, PeToElfCommand.Run),
    ];

    private static int Main(string[] arguments)
    {
        foreach ((string name, string _, Command run) in s_commands)
        {
            if (arguments.Length > 0 && arguments[0] == name)
            {
                return run(arguments.AsSpan(1));
            }
        }

        Console.Error.WriteLine("usage: hypercore COMMAND ...");
        foreach ((string _, string usage, Command _) in s_commands)
        {
            Console.Error.WriteLine($"  {usage}");
        }

        return arguments.Length == 0 ? 1 : 2;
    }
}
