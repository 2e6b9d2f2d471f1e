using System.IO;
using System.Threading;

namespace HyperCore.StartScreen.Linux;

/// <summary>The other programs, with their libraries and time zones: a disk of the VM, which is mounted once the start screen is shown.</summary>
internal static class Programs
{
    /// <summary>What to do when they do not come.</summary>
    public const string Missing = @"No programs: this VM needs disk = \EFI\HyperCore\appliance\programs.squashfs in hypercore.conf";

    private const int Tries = 100;
    private const int Pause = 100;

    /// <summary>They are mounted.</summary>
    public static bool AreThere => Directory.Exists("/programs/usr");

    /// <summary>Waits until they are, for ten seconds at most.</summary>
    /// <returns>They are.</returns>
    public static bool Wait()
    {
        for (int i = 0; i < Tries && !AreThere; i++)
        {
            Thread.Sleep(Pause);
        }

        return AreThere;
    }
}
