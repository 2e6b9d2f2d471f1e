using System;
using System.IO;
using HyperCore.StartScreen.Linux;

namespace HyperCore.StartScreen;

/// <summary>The start screen of the appliance.</summary>
internal static class Program
{
    private static int Main()
    {
        try
        {
            new Application().Run();
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // init starts it again; whoever listens is told why.
            Files.Report($"failed: {exception.Message}");
            System.Threading.Thread.Sleep(TimeSpan.FromSeconds(1));
            return 1;
        }
    }
}
