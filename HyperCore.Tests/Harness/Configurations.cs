using System.IO;
using HyperCore.Core.Config;

namespace HyperCore.Tests.Harness;

/// <summary>Texts of hypercore.conf.</summary>
internal static class Configurations
{
    /// <summary>The demo guest as bzImage.</summary>
    public const string BzImage = @"\EFI\HyperCore\demo\vmlinuz";

    /// <summary>The same kernel as ELF file.</summary>
    public const string Vmlinux = @"\EFI\HyperCore\demo\vmlinux";

    /// <summary>The demo guest's initial RAM disk.</summary>
    public const string Initrd = @"\EFI\HyperCore\demo\initrd.img";

    /// <summary>A configuration with these VMs.</summary>
    /// <param name="timeout">Seconds until the first one is started; <c>none</c> waits for a key.</param>
    /// <param name="machines">Sections, see <see cref="Linux"/>.</param>
    public static string With(string timeout, params string[] machines) => $"""
        [hypercore]
        timeout = {timeout}

        {string.Join("\n\n", machines)}
        """;

    /// <summary>The section of a VM that runs the demo guest.</summary>
    public static string Linux(string name, string kernel = BzImage, string memory = "256M", string initrd = Initrd) => $"""
        [vm {name}]
        title   = Demo {name}
        boot    = linux
        kernel  = {kernel}
        initrd  = {initrd}
        cmdline = console=ttyS0 console=tty1 loglevel=6
        memory  = {memory}
        """;

    /// <summary>The configuration that HyperCore is shipped with, esp-image/hypercore.conf.</summary>
    public static HyperCoreConfig Shipped()
    {
        var config = new HyperCoreConfig();
        string path = Path.Combine(Repository.Root, "esp-image", "hypercore.conf");
        return ConfigParser.Parse(File.ReadAllBytes(path), config, new ConfigDiagnostics())
            ? config
            : throw new InvalidDataException($"{path} has errors; hypercore config check names them");
    }
}
