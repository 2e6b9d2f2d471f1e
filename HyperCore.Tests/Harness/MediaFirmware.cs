using System;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>What scripts/firmware.sh makes, when a test first asks for it: OVMF with drivers for SD and eMMC, and with HyperCore in it.</summary>
internal static class MediaFirmware
{
    // The drivers are compiled once for a source tree; on a busy machine that takes minutes.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);
    private static readonly Lazy<string> s_folder = new(Make);
    private static readonly Lazy<string> s_qemu = new(FindQemu);

    /// <summary>OVMF with drivers for SD cards and eMMC.</summary>
    public static string WithSdDrivers => Path.Combine(s_folder.Value, "OVMF_SD.fd");

    /// <summary>The same with HyperCore, a configuration and the test guest in it.</summary>
    public static string WithHyperCore => Path.Combine(s_folder.Value, "OVMF_HYPERCORE.fd");

    /// <summary>A QEMU that has an eMMC: the one that the tests use, or one that is fetched.</summary>
    public static string QemuWithEmmc => s_qemu.Value;

    /// <summary>The same firmware with a HyperCore that has to look for its configuration elsewhere.</summary>
    public static string WithoutConfiguration()
    {
        string file = Path.Combine(s_folder.Value, "OVMF_NO_CONF.fd");
        Run("--no-build", "--no-conf", "--output", file);
        return file;
    }

    private static string Make()
    {
        Run("--no-build");
        return Path.Combine(Repository.Artifacts, "firmware");
    }

    private static void Run(params string[] arguments) => HostCommand.Run(s_limit, Path.Combine(Repository.Root, "scripts", "firmware.sh"), arguments);

    private static string FindQemu() => HostCommand.Run(s_limit, Path.Combine(Repository.Root, "scripts", "lib", "qemu-with-emmc.sh"), Qemu.Program).Trim();
}
