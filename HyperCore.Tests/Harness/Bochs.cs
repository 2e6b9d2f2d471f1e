using System.Collections.Generic;
using System.IO;

namespace HyperCore.Tests.Harness;

/// <summary>The Bochs that scripts/lib/bochs.sh fetches.</summary>
internal static class Bochs
{
    private const int Heads = 16;
    private const int SectorsPerTrack = 63;
    private const int SectorSize = 512;

    /// <summary>The files that it wants to have in the folder in which it is started.</summary>
    public static readonly string[] Firmware = ["OVMF.fd", "vgabios.bin"];

    /// <summary>What all machines have in common.</summary>
    private static string CommonSettings => Path.Combine(Repository.Root, "scripts", "lib", "bochsrc");

    /// <summary>A file that came with it; the program is <c>bochs</c>.</summary>
    public static string Built(BochsVersion version, string name)
    {
        string path = Path.Combine(Repository.Artifacts, version == BochsVersion.V27 ? "bochs-2.7" : "bochs-3.1", name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run the tests by scripts/test.sh, which fetches Bochs");
    }

    /// <summary>The command line of a machine.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="image">What it boots from, and writes to.</param>
    /// <param name="serialPort">The TCP port of this computer to which it connects COM1.</param>
    public static List<string> Arguments(BochsOptions options, string image, int serialPort)
    {
        long cylinders = new FileInfo(image).Length / (Heads * SectorsPerTrack * SectorSize);
        return
        [
            "-q", "-f", CommonSettings,

            // Time is instructions: with this many a second the guest's timers leave it time to run. Unknown MSRs are as on QEMU: OVMF wants that.
            $"cpu: model={options.Cpu}, count={options.Processors}, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1",
            $"memory: guest={options.Megabytes}, host={options.Megabytes}",
            $"ata0-master: type=disk, mode=flat, path={image}, cylinders={cylinders}, heads={Heads}, spt={SectorsPerTrack}",
            $"com1: enabled=1, mode=socket-client, dev=localhost:{serialPort}",
            .. options.Settings,
        ];
    }
}
