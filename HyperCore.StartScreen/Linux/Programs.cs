using System.IO;
using System.Threading;

namespace HyperCore.StartScreen.Linux;

/// <summary>The other programs, with their libraries and time zones: a disk of the VM, which is mounted once the start screen is shown.</summary>
internal static class Programs
{
    private const int Tries = 100;
    private const int Pause = 100;

    /// <summary>They are mounted.</summary>
    public static bool AreThere => Directory.Exists("/programs/usr");

    /// <summary>Why they will not come, as <c>mount-programs</c> has written it; empty when they are there, or may still come.</summary>
    public static string Notice => Files.Read("/run/notice");

    /// <summary>Waits until they are, for ten seconds at most, or will not come.</summary>
    /// <returns>They are.</returns>
    public static bool Wait()
    {
        for (int i = 0; i < Tries && !AreThere && Notice.Length == 0; i++)
        {
            Thread.Sleep(Pause);
        }

        return AreThere;
    }
}
