using System;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>A Linux in which <c>hypercore</c> can be called: the demo guest's kernel, and what scripts/tool-guest.sh makes when a test first asks for it.</summary>
internal static class ToolGuest
{
    // It may have to compile the command line to machine code first.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly Lazy<string> s_initrd = new(Make);

    /// <summary>QEMU's arguments that have the firmware start it.</summary>
    public static string[] Arguments =>
    [
        "-kernel", Repository.Built(Path.Combine("esp", "EFI", "HyperCore", "demo", "vmlinuz")),
        "-initrd", s_initrd.Value,
        "-append", "console=ttyS0 loglevel=4",
    ];

    private static string Make()
    {
        string path = Path.Combine(Repository.Artifacts, "tool-guest", "initrd.img");
        HostCommand.Run(s_limit, Path.Combine(Repository.Root, "scripts", "tool-guest.sh"), path);
        return path;
    }
}
