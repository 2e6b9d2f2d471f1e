using System;
using System.IO;
using System.Numerics;

namespace HyperCore.Tests.Harness;

/// <summary>A stick to boot from: a copy of the built image in which a test replaces what it wants to be different. Deleted when disposed.</summary>
internal sealed class Esp : IDisposable
{
    private const string ConfigPath = "/EFI/HyperCore/hypercore.conf";

    // Where scripts/build.sh puts the partition.
    private const string PartitionOffset = "@@1048576";

    private Esp()
    {
        ImagePath = Path.Combine(Path.GetTempPath(), $"hypercore-{Guid.NewGuid():n}.img");
        HostCommand.Run("cp", "--sparse=always", Repository.UsbImage, ImagePath);
    }

    /// <summary>The image file.</summary>
    public string ImagePath { get; }

    /// <summary>The image as it was built.</summary>
    public static Esp AsBuilt() => new();

    /// <summary>The image with another hypercore.conf and other or additional files.</summary>
    /// <param name="config">The text of hypercore.conf.</param>
    /// <param name="files">Path on the partition (<c>/EFI/HyperCore/x</c>) and the file of this machine that goes there.</param>
    public static Esp With(string config, params (string Path, string Source)[] files)
    {
        var esp = new Esp();
        esp.Write(ConfigPath, config);
        foreach ((string path, string source) in files)
        {
            esp.Copy(path, source);
        }

        return esp;
    }

    /// <summary>The image without a hypercore.conf.</summary>
    public static Esp WithoutConfig()
    {
        var esp = new Esp();
        return esp.Delete(ConfigPath);
    }

    /// <summary>The image with another program in place of HyperCore.</summary>
    /// <param name="efiFile">A file of artifacts/.</param>
    public static Esp Booting(string efiFile)
    {
        var esp = new Esp();
        esp.Copy("/EFI/BOOT/BOOTX64.EFI", Repository.Built(efiFile));
        return esp;
    }

    /// <summary>Writes a text file, in place of one that may be there.</summary>
    public Esp Write(string path, string text)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        Copy(path, file);
        File.Delete(file);
        return this;
    }

    /// <summary>Copies a file, in place of one that may be there.</summary>
    public Esp Copy(string path, string source)
    {
        HostCommand.Run("mcopy", "-o", "-i", ImagePath + PartitionOffset, source, "::" + path);
        return this;
    }

    /// <summary>Removes a file.</summary>
    public Esp Delete(string path)
    {
        HostCommand.Run("mdel", "-i", ImagePath + PartitionOffset, "::" + path);
        return this;
    }

    /// <summary>Makes the image as large as QEMU wants its SD cards and eMMCs: a power of two.</summary>
    public Esp AsCard()
    {
        using FileStream file = File.OpenWrite(ImagePath);
        file.SetLength((long)BitOperations.RoundUpToPowerOf2((ulong)file.Length));
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(ImagePath);
}
