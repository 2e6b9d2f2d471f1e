using System;

namespace HyperCore.Tool;

/// <summary>The host command line.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Console.Error.WriteLine("usage: hypercore COMMAND");
        return arguments.Length == 0 ? 1 : 2;
    }
}
